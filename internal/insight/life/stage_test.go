package life

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/day"
)

func TestAStageIsARuleAClerkCanRead(t *testing.T) {
	// The shop's own gap is 40 days: silence cools after 60 and is lost after 120.
	const shop = 80
	for _, tc := range []struct {
		name string
		days []string
		asOf string
		want []string
	}{
		{"nobody who has bought nothing is more than a prospect", nil, "2026-01-01", nil},
		{"a first purchase makes a new customer for 90 days, whatever the rhythm of the shop",
			[]string{"2026-01-01"}, "2026-04-01", []string{"2026-01-01 new"}},
		{"and then the shop's rhythm counts",
			[]string{"2026-01-01"}, "2026-06-01", []string{"2026-01-01 new", "2026-04-02 cooling", "2026-05-02 lost"}},
		{"two days are a beginning",
			[]string{"2026-01-01", "2026-01-31"}, "2026-02-28", []string{"2026-01-01 new", "2026-01-31 forming"}},
		{"four days make an old customer, whose own rhythm counts",
			[]string{"2026-01-01", "2026-01-11", "2026-01-21", "2026-01-31"}, "2026-05-01",
			[]string{"2026-01-01 new", "2026-01-11 forming", "2026-01-31 old", "2026-02-16 cooling"}},
		{"who came every ten days is lost after ninety", []string{"2026-01-01", "2026-01-11", "2026-01-21", "2026-01-31"}, "2026-05-02",
			[]string{"2026-01-01 new", "2026-01-11 forming", "2026-01-31 old", "2026-02-16 cooling", "2026-05-02 lost"}},
		{"who buys again while cooling is an old customer again",
			[]string{"2026-01-01", "2026-01-11", "2026-01-21", "2026-01-31", "2026-02-20"}, "2026-02-28",
			[]string{"2026-01-01 new", "2026-01-11 forming", "2026-01-31 old", "2026-02-16 cooling", "2026-02-20 old"}},
		{"who buys again after being lost is won back, for 180 days",
			[]string{"2025-01-01", "2025-06-30", "2025-08-01", "2025-09-15", "2025-11-01", "2025-12-20"}, "2026-01-05",
			[]string{"2025-01-01 new", "2025-04-02 cooling", "2025-05-02 lost", "2025-06-30 won_back", "2025-12-28 old"}},
		{"a rhythm of every day is taken for one of a week",
			[]string{"2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"}, "2026-01-14",
			[]string{"2026-01-01 new", "2026-01-02 forming", "2026-01-04 old"}},
	} {
		life := DefaultRules().Replay(ons(tc.days...), shop, on(tc.asOf))
		var got []string
		for _, tr := range life.Transitions {
			got = append(got, tr.Day.String()+" "+tr.Stage.String())
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestAYearOfSilenceIsALossInAnyShop(t *testing.T) {
	life := DefaultRules().Replay(ons("2025-01-01", "2025-02-01"), 2*300, on("2026-03-01"))
	stage, since := life.At(on("2026-03-01"))
	if stage != Lost || since != on("2026-02-02") {
		t.Errorf("got %s since %s, want lost since 2026-02-02", stage, since)
	}
}

// TestReplayTellsThePastAsItWasTold: what was said of an earlier day stays so when
// more purchases follow.
func TestReplayTellsThePastAsItWasTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := on("2020-01-01")
		var days []day.Day
		for _, gap := range rapid.SliceOfN(rapid.IntRange(1, 200), 1, 40).Draw(t, "gaps") {
			start = start.AddDays(gap)
			days = append(days, start)
		}
		shop := rapid.IntRange(2, 400).Draw(t, "shop")
		rules := DefaultRules()
		whole := rules.Replay(days, shop, start.AddDays(500))
		cut := on("2020-01-01").AddDays(rapid.IntRange(0, start.Sub(on("2020-01-01"))+500).Draw(t, "cut"))
		then := rules.Replay(days, shop, cut)
		gotStage, gotSince := whole.At(cut)
		wantStage, wantSince := then.At(cut)
		if gotStage != wantStage || gotSince != wantSince {
			t.Fatalf("on %s: told later %s since %s, told then %s since %s", cut, gotStage, gotSince, wantStage, wantSince)
		}
		was := Prospect
		for i, tr := range whole.Transitions {
			if tr.Was != was || tr.Stage == was || i > 0 && tr.Day <= whole.Transitions[i-1].Day {
				t.Fatalf("the transitions do not follow one another: %v", whole.Transitions)
			}
			was = tr.Stage
		}
	})
}

func TestStagesKeepTheirCodes(t *testing.T) {
	for _, s := range Stages() {
		text, err := s.MarshalText()
		var back Stage
		if err != nil || back.UnmarshalText(text) != nil || back != s || !slices.Contains(codes[:], string(text)) {
			t.Errorf("stage %d is written %q and read as %d", s, text, back)
		}
	}
}

func TestAWayTellsIts_TimesOfBeingLost(t *testing.T) {
	days := ons("2024-01-01", "2025-06-01", "2025-06-20")
	got := DefaultRules().Replay(days, 60, on("2026-03-31")).Spells(nil)
	if len(got) != 2 || got[0].Back != on("2025-06-01") || got[1].Back != 0 {
		t.Errorf("got %+v, want one that ended in June 2025 and one that goes on", got)
	}
}

// on reads a day.
func on(text string) day.Day { return day.MustParse(text) }

func ons(texts ...string) []day.Day {
	list := make([]day.Day, len(texts))
	for i, text := range texts {
		list[i] = on(text)
	}
	return list
}
