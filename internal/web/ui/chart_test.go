package ui_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/web/ui"
)

func TestTheDarkestFieldStillCarriesText(t *testing.T) {
	for theme, c := range themes(t) {
		if got := contrast(c["base-content"], mix(c["primary"], 0.40, c["base-100"])); got < 4.5 {
			t.Errorf("%s: the text of the darkest field has a contrast of %.2f, want at least 4.5", theme, got)
		}
	}
}

func TestAChartHasItsFiguresAsATable(t *testing.T) {
	n := render(t, ui.Figures{Label: "Sales", Head: []string{"Month", "Sales"}, Rows: [][]string{{"May", "£3"}, {"June", "£4"}}, Download: "/x.csv"})
	if got := text(all(t, n, "tbody tr:last-child")[0]); got != "June £4" {
		t.Errorf("the last row is %q", got)
	}
	if got := attr(all(t, n, "a[download]")[0], "href"); got != "/x.csv" {
		t.Errorf("the download is %q", got)
	}
}

func TestACurveStaysWithinItsBox(t *testing.T) {
	n := render(t, ui.Curve{Label: "Shares", Diagonal: "equal", Lines: []ui.Line{{Name: "ours", Tone: ui.Primary, Area: true, Dots: true,
		Points: []ui.Spot{{X: 0, Y: 0, Text: "none"}, {X: 0.5, Y: 0.1, Text: "half"}, {X: 1, Y: 1, Text: "all"}}}}})
	if got := attr(all(t, n, "polyline")[0], "points"); got != "0.0,1000.0 500.0,900.0 1000.0,0.0" {
		t.Errorf("the line goes %s", got)
	}
	if titles := all(t, n, "title"); len(titles) != 3 || text(titles[1]) != "half" {
		t.Errorf("%d dots say what they are, want 3", len(titles))
	}
	if len(all(t, n, "ul li")) != 2 {
		t.Error("two lines need a legend of two")
	}
}

func TestAWaterfallGoesFromTotalToTotal(t *testing.T) {
	steps := []ui.FallStep{{Name: "before", Amount: 800, Total: true}, {Name: "fewer", Amount: -25}, {Name: "more", Amount: 300}, {Name: "after", Amount: 1075, Total: true}}
	n := render(t, ui.Fall{Label: "Difference", Steps: steps, Cut: "cut"})
	end := make([]float64, 0, 4)
	for i, r := range all(t, n, "rect") {
		x, width := number(t, attr(r, "x")), number(t, attr(r, "width"))
		if x < 0 || x+width > 100.5 {
			t.Errorf("bar %d goes from %.1f to %.1f", i, x, x+width)
		}
		end = append(end, x+width)
	}
	if len(end) != 4 || end[2] < end[0] || end[3] != end[2] {
		t.Errorf("the bars end at %v: the last step leads to the total", end)
	}
	if !strings.Contains(text(n), "cut") {
		t.Error("bars that do not begin at zero say so")
	}
	if all := render(t, ui.Fall{Steps: []ui.FallStep{{Amount: 0, Total: true}, {Amount: 0}, {Amount: 0, Total: true}}}); strings.Contains(text(all), "NaN") {
		t.Error("nothing at all breaks the chart")
	}
}

func number(t *testing.T, percent string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(strings.TrimSuffix(percent, "%"), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRibbonsAreAsWideAsWhatWent(t *testing.T) {
	n := render(t, ui.Flow{Label: "Moves", From: []ui.FlowNode{{Name: "a", Value: 3}, {Name: "b"}}, To: []ui.FlowNode{{Name: "c", Value: 3}},
		Ribbons: []ui.Ribbon{{From: 0, To: 0, Value: 3, Title: "a to c"}, {From: 1, To: 0, Value: 0}}})
	paths := all(t, n, "path")
	if len(paths) != 1 || text(paths[0]) != "a to c" {
		t.Fatalf("%d ribbons, want the one along which something went", len(paths))
	}
	if got := attr(paths[0], "d"); !strings.HasPrefix(got, "M0 0.0 ") || !strings.HasSuffix(got, "0 300.0 Z") {
		t.Errorf("the ribbon is %s", got)
	}
}

func TestStacksHeatAndRowsDrawNothingOfNothing(t *testing.T) {
	for name, n := range map[string]string{
		"stacks": text(render(t, ui.Stacks{Series: []ui.Series{{Name: "a"}}, Columns: []ui.Column{{Label: "May", Parts: []int64{0}}}})),
		"heat":   text(render(t, ui.Heat{Head: []string{"1"}, Rows: []ui.HeatRow{{Name: "r", Cells: []ui.HeatCell{{Text: "0"}}}}})),
		"rows":   text(render(t, ui.RowBars{Items: []ui.RowBar{{Name: "none", Text: "0"}}})),
		"curve":  text(render(t, ui.Curve{Label: "none", Lines: []ui.Line{{}}})),
	} {
		if strings.Contains(n, "NaN") || strings.Contains(n, "Inf") {
			t.Errorf("%s: %s", name, n)
		}
	}
}
