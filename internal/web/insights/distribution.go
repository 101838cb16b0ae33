package insights

import (
	"strconv"

	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// distributionPage is how unlike the customers are.
type distributionPage struct {
	*opened
	insight.Distribution

	Tenths  table
	Buckets map[string]table
}

func drawDistribution(o *opened, rep insight.Distribution) view {
	o.Currency = rep.Currency
	p := distributionPage{opened: o, Distribution: rep, Buckets: map[string]table{}}
	p.Tenths = table{Name: "value", Label: o.t("insights.chart.value"), Head: []string{o.t("insights.head.group"), o.t("insights.head.customers"), o.t("insights.head.value"),
		o.t("insights.head.share"), o.t("insights.head.mean"), o.t("insights.head.least_value")}}
	for i, t := range rep.Value {
		p.Tenths.Rows = append(p.Tenths.Rows, []cell{o.counted(i + 1), o.counted(t.Customers), o.amount(t.Value), o.share(t.Share), o.amount(t.Mean), o.amount(t.Least)})
	}
	v := view{Tables: []table{p.Tenths}}
	for _, name := range bucketNames {
		t := table{Name: name, Label: o.t("insights.chart." + name), Head: []string{o.t("insights.chart." + name), o.t("insights.head." + name + "_of"), o.t("insights.head.share")}}
		all := 0
		for _, b := range p.buckets(name) {
			all += b.Count
		}
		for _, b := range p.buckets(name) {
			t.Rows = append(t.Rows, []cell{o.text(o.bucket(name, b)), o.counted(b.Count), o.share(part(b.Count, all))})
		}
		p.Buckets[name] = t
		v.Tables = append(v.Tables, t)
	}
	v.Body = distributionBody(p)
	return v
}

// bucketNames are the histograms in their order.
var bucketNames = []string{"frequency", "gaps", "active"}

func (p distributionPage) buckets(name string) []insight.Bucket {
	switch name {
	case "frequency":
		return p.Frequency
	case "gaps":
		return p.Gaps
	}
	return p.Active
}

// bucket says what lies in a bucket: 8–10 天, 51 次以上, 10–19%.
func (o *opened) bucket(name string, b insight.Bucket) string {
	switch {
	case name == "active" && b.To == 0:
		return strconv.Itoa(b.From) + "–100%"
	case name == "active":
		return strconv.Itoa(b.From) + "–" + strconv.Itoa(b.To) + "%"
	case b.To == 0:
		return o.t("insights.bucket_more."+name, "from", b.From)
	case b.From == b.To:
		return o.t("insights.bucket_one."+name, "n", b.From)
	}
	return o.t("insights.bucket."+name, "from", b.From, "to", b.To)
}

func (p distributionPage) bars(name string) ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart." + name)}
	for _, row := range p.Buckets[name].Rows {
		n, _ := row[1].Cell.(int64)
		c.Items = append(c.Items, ui.RowBar{Name: row[0].Text, Value: float64(n), Text: row[1].Text + " · " + row[2].Text})
	}
	return c
}

func (p distributionPage) tenthBars() ui.RowBars {
	c := ui.RowBars{Label: p.t("insights.chart.value")}
	for i, t := range p.Value {
		c.Items = append(c.Items, ui.RowBar{Name: p.t("insights.tenth_value", "k", i+1), Href: p.toPeople(t.Customers, "tenth", strconv.Itoa(i+1)), Value: float64(t.Value), Tone: ui.Gold,
			Text: p.t("insights.amount_share", "amount", p.short(t.Value), "share", p.percent(t.Share)),
			Note: p.t("insights.tenth_mean", "amount", p.short(t.Mean))})
	}
	return c
}
