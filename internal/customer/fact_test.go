package customer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

func TestLearn_keeps_history_and_raises_completeness(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		before := c.Completeness
		learn := func(value string) {
			t.Helper()
			if err := s.Learn(ctx, s.li, c.ID, []customer.Answer{{Field: "hobby", Value: value}}, customer.FromTalk); err != nil {
				t.Fatal(err)
			}
		}
		learn("钓鱼")
		learn("钓鱼") // the same again is no news
		learn("摄影")
		history, err := s.FactHistory(ctx, s.li, c.ID, "hobby")
		if err != nil {
			t.Fatal(err)
		}
		var values []string
		for _, f := range history {
			values = append(values, f.Value)
		}
		if diff := cmp.Diff([]string{"摄影", "钓鱼"}, values); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
		after, err := s.Get(ctx, s.li, c.ID)
		if err != nil || after.Completeness <= before {
			t.Errorf("completeness %d → %d, %v; want more", before, after.Completeness, err)
		}
		learn("") // it is no longer so
		if again, err := s.Get(ctx, s.li, c.ID); err != nil || again.Completeness != before {
			t.Errorf("taken back: completeness %d, %v; want %d", again.Completeness, err, before)
		}
	})
}

func TestNextQuestion_never_asks_what_was_refused(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		asked := map[string]bool{}
		for {
			f, err := s.File(ctx, s.li, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			if f.Question == nil {
				break
			}
			if asked[f.Question.Code] {
				t.Fatalf("%s is asked twice", f.Question.Code)
			}
			asked[f.Question.Code] = true
			if err := s.Learn(ctx, s.li, c.ID, []customer.Answer{{Field: f.Question.Code, Refused: true}}, customer.FromPhone); err != nil {
				t.Fatal(err)
			}
		}
		if len(asked) < 10 || asked["income_band"] {
			t.Errorf("asked %v; want many questions and none that is sensitive", asked)
		}
	})
}

func TestField_of_the_trades_own_is_validated_like_any_other(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		admin := org.System
		shoe := customer.Field{Code: "foot_length", Group: customer.Hard, Type: customer.Number, Unit: "mm", Min: "150", Max: "350",
			Labels: map[string]string{"zh-Hans": "脚长"}, Weight: 2, Position: 65, Active: true}
		colours := customer.Field{Code: "colours", Group: customer.Soft, Type: customer.Choices, Choices: []string{"红", "蓝", "原木"},
			Labels: map[string]string{"zh-Hans": "颜色"}, Weight: 1, Position: 66, Active: true}
		plate := customer.Field{Code: "plate", Group: customer.Hard, Type: customer.Text, Pattern: "[A-Z]{2}[0-9]{4}",
			Labels: map[string]string{"en": "Plate"}, Position: 67, Active: true}
		for _, f := range []customer.Field{shoe, colours, plate} {
			if err := s.SaveField(ctx, admin, f); err != nil {
				t.Fatal(err)
			}
		}
		c := s.create(s.li, "王晓东", "")
		for _, x := range []struct{ field, raw, want string }{
			{"foot_length", "245", "245"}, {"foot_length", " 245.50 ", "245.5"}, {"foot_length", "80", ""}, {"foot_length", "一", ""}, {"foot_length", "1e9", ""},
			{"colours", "蓝，红", `["红","蓝"]`}, {"colours", "紫", ""},
			{"plate", "AB1234", "AB1234"}, {"plate", "AB12345", ""},
			{"nonsense", "x", ""},
		} {
			err := s.Learn(ctx, s.li, c.ID, []customer.Answer{{Field: x.field, Value: x.raw}}, customer.FromTalk)
			if x.want == "" {
				if !errs.Is(err, errs.Invalid) {
					t.Errorf("%s = %q: got %v, want invalid", x.field, x.raw, err)
				}
				continue
			}
			f, fileErr := s.File(ctx, s.li, c.ID)
			if got, _ := f.Fact(x.field); err != nil || fileErr != nil || got.Value != x.want {
				t.Errorf("%s = %q: stored %q, %v, %v; want %q", x.field, x.raw, got.Value, err, fileErr, x.want)
			}
		}
		shoe.Type = customer.Text
		if err := s.SaveField(ctx, admin, shoe); !errs.Is(err, errs.Conflict) {
			t.Errorf("changing a type: got %v, want a conflict", err)
		}
		if err := s.SaveField(ctx, s.manager, plate); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a manager: got %v, want forbidden", err)
		}
	})
}

func TestConsent_withdrawn_for_everything_means_do_not_contact(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		for _, granted := range []bool{false, true} {
			if err := s.SetConsent(ctx, s.li, c.ID, customer.Consent{Purpose: customer.ForAll, Channel: customer.AllChannels, Granted: granted,
				Source: customer.FromPhone, Wording: "请不要再打电话"}); err != nil {
				t.Fatal(err)
			}
			f, err := s.File(ctx, s.li, c.ID)
			if err != nil || f.Customer.DoNotContact == granted || len(f.Consents) != 1 || f.Consents[0].Granted != granted {
				t.Errorf("granted=%v: do not contact %v, consents %+v, %v", granted, f.Customer.DoNotContact, f.Consents, err)
			}
		}
	})
}

func TestNote_can_be_removed_and_brought_back(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "")
		for range 2 { // a double click
			if err := s.AddNote(ctx, s.li, c.ID, "孩子刚上小学\x00", "click-1"); err != nil {
				t.Fatal(err)
			}
		}
		first, err := s.File(ctx, s.li, c.ID)
		if err != nil || len(first.Notes) != 1 || first.Notes[0].Body != "孩子刚上小学" {
			t.Fatalf("got %+v, %v; want one clean note", first.Notes, err)
		}
		n := first.Notes[0]
		count := func() (inFile, inStory int) {
			f, err := s.File(ctx, s.li, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			story, _, err := s.Timeline(ctx, s.li, c.ID, customer.TimelineCursor{}, 50)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range story {
				if e.Kind == customer.EntryNote {
					inStory++
				}
			}
			return len(f.Notes), inStory
		}
		steps := []struct {
			do   func() error
			want int
		}{
			{func() error { return nil }, 1},
			{func() error { return s.RemoveNote(ctx, s.li, c.ID, n.ID) }, 0},
			{func() error { return s.RestoreNote(ctx, s.li, c.ID, n.ID) }, 1},
		}
		for i, step := range steps {
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
			if f, st := count(); f != step.want || st != step.want {
				t.Errorf("step %d: %d in the file, %d in the story; want %d", i, f, st, step.want)
			}
		}
	})
}

func TestTimeline_pages_through_the_whole_story(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "")
		for range 7 {
			if err := s.AddNote(ctx, s.li, c.ID, "一条备注", ""); err != nil {
				t.Fatal(err)
			}
		}
		total := 0
		var after customer.TimelineCursor
		for {
			list, next, err := s.Timeline(ctx, s.li, c.ID, after, 3)
			if err != nil {
				t.Fatal(err)
			}
			total += len(list)
			if next == (customer.TimelineCursor{}) {
				break
			}
			after = next
		}
		if total != 8 {
			t.Errorf("%d entries on all pages, want 7 notes and the opening", total)
		}
	})
}
