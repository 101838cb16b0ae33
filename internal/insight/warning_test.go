package insight

import (
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
)

func TestAWarningSaysItsReasonInWords(t *testing.T) {
	monthly := []string{"2025-06-01", "2025-07-01", "2025-08-01", "2025-09-01"}
	slower := []string{"2025-01-01", "2025-01-21", "2025-02-10", "2025-03-02", "2025-03-22", "2025-05-01", "2025-06-10", "2025-07-20"}
	for _, tc := range []struct {
		name  string
		days  []string
		asOf  string
		t     trouble
		want  string
		stage Stage
	}{
		{"who keeps the rhythm is left alone", monthly, "2025-09-20", trouble{}, "", Old},
		{"silence is told in the customer's own rhythm", monthly, "2025-11-01", trouble{}, "came every 31 days, silent for 61", Cooling},
		{"and complaints are told with it", monthly, "2025-11-01", trouble{complaints: 2, lastComplaint: on("2025-08-15")},
			"came every 31 days, silent for 61; 2 complaints in half a year", Cooling},
		{"a complaint that nothing was bought after comes first", monthly, "2025-09-20", trouble{complaints: 1, lastComplaint: on("2025-09-10")},
			"was unhappy and has not bought since, silent for 19 days", Old},
		{"a return counts once they would have come again", monthly, "2025-09-20", trouble{returns: 1, lastReturned: on("2025-09-10")}, "", Old},
		{"from then on it does", monthly, "2025-10-05", trouble{returns: 1, lastReturned: on("2025-09-10")},
			"brought something back and has not bought since, silent for 34 days (usual: every 31)", Old},
		{"who comes more and more seldom is fading", slower, "2025-07-25", trouble{}, "used to come every 20 days, lately every 40", Old},
		{"without a rhythm of their own, the shop's counts", []string{"2025-06-01"}, "2025-09-20", trouble{},
			"silent for 111 days; too few visits for a rhythm of their own, but customers of the company usually come every 40 days", Cooling},
		{"the lost are not warned of: they are gone", monthly, "2026-06-01", trouble{complaints: 1, lastComplaint: on("2026-05-01")}, "", Lost},
		{"nor is anybody called who has died", monthly, "2025-11-01", trouble{complaints: 1, lastComplaint: on("2025-09-10"), dead: true}, "", Cooling},
	} {
		b := bookOf(tc.asOf, tc.days)
		list := scores(b, findings{setting: DefaultSetting(), gap: 80, forecast: newForecast(1), troubles: map[customer.ID]trouble{1: tc.t}})
		if got := list[0].Warning.Text(i18n.Printer{Locale: i18n.English}); got != tc.want || list[0].Stage != tc.stage {
			t.Errorf("%s: got %q of a customer who is %s, want %q, %s", tc.name, got, list[0].Stage, tc.want, tc.stage)
		}
	}
}

func TestNobodyIsWarnedOfTheSilenceOfWhoSurelyComes(t *testing.T) {
	b := bookOf("2025-11-01", []string{"2025-06-01", "2025-07-01", "2025-08-01", "2025-09-01"})
	for _, tc := range []struct {
		name   string
		active float64
		tried  bool
		t      trouble
		want   Sign
	}{
		{"eight of ten such customers come anyway", 0.8, true, trouble{}, ""},
		{"seven do", 0.79, true, trouble{}, Silent},
		{"a rule of thumb is no reason to leave them alone", 0.9, false, trouble{}, Silent},
		{"who was unhappy is called", 0.9, true, trouble{complaints: 1, lastComplaint: on("2025-09-10")}, Unhappy},
		{"who brought something back is, too", 0.9, true, trouble{returns: 1, lastReturned: on("2025-09-10")}, Returned},
	} {
		f := newForecast(1)
		f.active[0] = tc.active
		list := scores(b, findings{setting: DefaultSetting(), gap: 80, forecast: f, tried: tc.tried, troubles: map[customer.ID]trouble{1: tc.t}})
		if got := list[0].Warning.Sign; got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestTheUsualGapIsTheirOwnOnceItIsKnown(t *testing.T) {
	for _, tc := range []struct {
		name      string
		gap       float32
		days      int32
		repeaters int
		usual     float64
		own       bool
	}{
		{"four days with a purchase", 30, 4, 9, 30, true},
		{"three are too few: the company's", 30, 3, 9, 51, false},
		{"once", 0, 1, 9, 51, false},
		{"nobody here has come back", 0, 1, 0, 0, false},
	} {
		m := Model{Gap: 51, Repeaters: tc.repeaters}
		f := Scored{Score: Score{Gap: tc.gap, Days: tc.days}}.figures(on("2026-01-01"), DefaultRules(), m.shopGap())
		if f.Usual != tc.usual || f.Own != tc.own {
			t.Errorf("%s: got %v, %v, want %v, %v", tc.name, f.Usual, f.Own, tc.usual, tc.own)
		}
	}
}

func TestSilenceIsCountedToTheDayItIsReadOn(t *testing.T) {
	asOf := on("2026-03-01")
	for _, tc := range []struct {
		name  string
		w     Warning
		today string
		want  int32
	}{
		{"on the same day", Warning{Sign: Silent, Days: 40}, "2026-03-01", 40},
		{"the day after a nightly refresh", Warning{Sign: Silent, Days: 40}, "2026-03-02", 41},
		{"a week without a refresh", Warning{Sign: Returned, Days: 40}, "2026-03-08", 47},
		{"a version of long ago speaks of its own day", Warning{Sign: Silent, Days: 40}, "2026-03-09", 40},
		{"a page of an earlier day", Warning{Sign: Silent, Days: 40}, "2026-02-27", 40},
		{"days between purchases do not grow", Warning{Sign: Fading, Days: 40}, "2026-03-02", 40},
	} {
		p := Panel{AsOf: asOf, Warning: tc.w, Score: &Figures{Silent: 40}}
		if got := p.On(on(tc.today)); got.Warning.Days != tc.want || tc.w.Sign != Fading && got.Score.Silent != int(tc.want) || p.Score.Silent != 40 {
			t.Errorf("%s: got %d and %d days, want %d", tc.name, got.Warning.Days, got.Score.Silent, tc.want)
		}
	}
	if none := (Warning{}).On(asOf, asOf.AddDays(1)); none != (Warning{}) {
		t.Errorf("no warning becomes %+v", none)
	}
}
