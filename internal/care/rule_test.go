package care_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
)

func TestA_new_rule_works_without_code(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		r := care.NewRule(care.Delivery)
		r.Code, r.Params.Days = "delivery_30", 30
		r.Names = map[string]string{"zh-Hans": "满月回访"}
		r.Scripts = map[string]string{"zh-Hans": "{opening}{product}用满一个月了，要不要上门紧一紧螺丝？"}
		_, err := s.SaveRule(t.Context(), org.System, r)
		s.must(err)
		s.only("delivery_30")
		c := s.customer(s.li, "王丽", female)
		s.delivers(s.buys(c, today.AddDays(-40), "衣柜", 3000), today.AddDays(-30), "")
		s.plan()
		it := s.list(s.li)[0]
		if got := it.RuleOf.Name(zh); got != "满月回访" {
			t.Errorf("name %q", got)
		}
		if got := it.RuleOf.Name(i18n.Printer{Locale: i18n.English}); got != "30 days after delivery" {
			t.Errorf("name in a language nobody wrote: %q", got)
		}
		if got, want := it.Script(zh, "李娜", today), "王女士，您好！我是静安店的李娜。衣柜用满一个月了，要不要上门紧一紧螺丝？"; got != want {
			t.Errorf("script %q, want %q", got, want)
		}
	})
}

func TestSaveRule_refuses_what_cannot_work(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		changed := func(code string, f func(*care.Rule)) care.Rule {
			r := s.rule(code)
			f(&r)
			return r
		}
		for _, tc := range []struct {
			name  string
			as    org.Actor
			rule  care.Rule
			kind  errs.Kind
			field string
		}{
			{"too many days", org.System, changed("delivery_7", func(r *care.Rule) { r.Params.Days = 9999 }), errs.Invalid, "days"},
			{"more than everybody", org.System, changed("sample_1", func(r *care.Rule) { r.Params.SamplePercent = 101 }), errs.Invalid, "sample_percent"},
			{"no festival", org.System, changed("festival", func(r *care.Rule) { r.Params.Festivals = nil }), errs.Invalid, "festivals"},
			{"an unknown festival", org.System, changed("festival", func(r *care.Rule) { r.Params.Festivals = []string{"doomsday"} }), errs.Invalid, "festivals"},
			{"a script with a hole", org.System, changed("cooling", func(r *care.Rule) { r.Scripts = map[string]string{"en": "Dear {nobody}"} }), errs.Invalid, "script.en"},
			{"no weight", org.System, changed("cooling", func(r *care.Rule) { r.Weight = 0 }), errs.Invalid, "weight"},
			{"a code with blanks", org.System, care.Rule{Code: "My rule", Trigger: care.Cooling, Weight: 100, Params: care.Params{Attempts: 3}}, errs.Invalid, "code"},
			{"a code that is taken", org.System, changed("cooling", func(r *care.Rule) { r.Version = 0 }), errs.Invalid, "code"},
			{"another trigger", org.System, changed("cooling", func(r *care.Rule) { r.Trigger = care.Birthday }), errs.Conflict, ""},
			{"an old version", org.System, changed("cooling", func(r *care.Rule) { r.Version = 7 }), errs.Conflict, ""},
			{"without the right", s.manager, s.rule("cooling"), errs.Forbidden, ""},
		} {
			_, err := s.SaveRule(t.Context(), tc.as, tc.rule)
			if errs.KindOf(err) != tc.kind || err == nil {
				t.Errorf("%s: %v, want %s", tc.name, err, tc.kind)
				continue
			}
			if _, ok := zh.Fields(err)[tc.field]; tc.field != "" && !ok {
				t.Errorf("%s: %v, want field %s", tc.name, err, tc.field)
			}
		}
	})
}

func TestSaveRule_counts_versions_and_goes_on_record(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		r := s.rule("delivery_7")
		r.Params.Days, r.Params.TopPercent = 10, 55 // the second is not read by this trigger
		saved, err := s.SaveRule(t.Context(), org.System, r)
		s.must(err)
		if saved.Version != r.Version+1 {
			t.Errorf("version %d after %d", saved.Version, r.Version)
		}
		got := s.rule("delivery_7")
		if diff := cmp.Diff(saved, got); diff != "" {
			t.Error(diff)
		}
		if got.Params.Days != 10 || got.Params.TopPercent != 0 {
			t.Errorf("params %+v", got.Params)
		}
		s.must(s.EnsureDefaults(t.Context()))
		if s.rule("delivery_7").Params.Days != 10 {
			t.Error("the default came back over the company's own")
		}
	})
}

func TestPreview_tells_what_a_change_would_do_and_writes_nothing(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		for i := range 12 {
			c := s.customer(s.li, "顾客")
			s.delivers(s.buys(c, today.AddDays(-40), "床", 100), today.AddDays(-7-i%3), "")
		}
		late := s.customer(s.li, "迟的")
		s.delivers(s.buys(late, today.AddDays(-40), "床", 100), today.AddDays(-16), "")
		s.must(s.Customers.SetConsent(t.Context(), org.System, late.ID, customer.Consent{
			Purpose: customer.ForMarketing, Channel: customer.AllChannels, Source: customer.FromTalk,
		}))
		r := s.rule("delivery_7")
		r.Params.Days = 10
		p, err := s.Preview(t.Context(), org.System, r, today)
		s.must(err)
		// The week up to today: deliveries of 10 to 16 days ago with the change, of 7 to 13 without.
		if p.Tasks != 1 || p.Before != 12 || len(p.Sample) != 1 || p.Sample[0].Name != "迟的" {
			t.Errorf("got %+v", p)
		}
		r.Params.Days = 7
		if p, err = s.Preview(t.Context(), org.System, r, today); err != nil || p.Tasks != 12 || len(p.Sample) != 10 {
			t.Errorf("unchanged: %+v, %v", p, err)
		}
		if got := p.Sample[0].Task.Reason.Product; got != "床" {
			t.Errorf("the sample names %q", got)
		}
		if n := count(t, s.db, "TRUE"); n != 0 {
			t.Errorf("%d tasks were written", n)
		}
		if _, err := s.Preview(t.Context(), s.manager, r, today); !errs.Is(err, errs.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
		r.Params.Days = -1
		if _, err := s.Preview(t.Context(), org.System, r, today); !errs.Is(err, errs.Invalid) {
			t.Errorf("a wrong rule: %v", err)
		}
	})
}

func TestPreview_looks_at_a_festival_when_it_comes(t *testing.T) {
	run(t, func(t *testing.T, s *shop) {
		c := s.customer(s.li, "熟客")
		for n := range 3 {
			s.buys(c, today.AddDays(-10*(n+1)), "茶", 10)
		}
		p, err := s.Preview(t.Context(), org.System, s.rule("festival"), today)
		s.must(err)
		// 端午 2026 is on 19 June.
		if p.To.String() != "2026-06-16" || p.Tasks != 1 {
			t.Errorf("got %+v", p)
		}
	})
}
