package customer_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
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
		shoe := customer.Field{
			Code: "foot_length", Group: customer.Hard, Type: customer.Number, Unit: "mm", Min: "150", Max: "350",
			Labels: map[string]string{"zh-Hans": "脚长"}, Weight: 2, Position: 65, Active: true,
		}
		colours := customer.Field{
			Code: "colours", Group: customer.Soft, Type: customer.Choices, Choices: []string{"红", "蓝", "原木"},
			Labels: map[string]string{"zh-Hans": "颜色"}, Weight: 1, Position: 66, Active: true,
		}
		plate := customer.Field{
			Code: "plate", Group: customer.Hard, Type: customer.Text, Pattern: "[A-Z]{2}[0-9]{4}",
			Labels: map[string]string{"en": "Plate"}, Position: 67, Active: true,
		}
		for _, f := range []customer.Field{shoe, colours, plate} {
			if err := s.SaveField(ctx, admin, f); err != nil {
				t.Fatal(err)
			}
		}
		c := s.create(s.li, "王晓东", "")
		for _, x := range []struct{ field, raw, want string }{
			{"foot_length", "245", "245"},
			{"foot_length", " 245.50 ", "245.5"},
			{"foot_length", "80", ""},
			{"foot_length", "一", ""},
			{"foot_length", "1e9", ""},
			{"foot_length", "24,5", ""},
			{"foot_length", "1/2", ""},
			{"colours", "蓝，红", `["红","蓝"]`},
			{"colours", "紫", ""},
			{"colours", ",", ""},
			{"colours", "[]", ""},
			{"plate", "AB1234", "AB1234"},
			{"plate", "AB12345", ""},
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
		onRecord, err := db.One(ctx, s.db, db.Value[int], `SELECT COUNT(*) FROM audit_entry WHERE action = 'field.save'`)
		if err != nil || onRecord != 3 {
			t.Errorf("%d changes of fields on record, %v; want 3", onRecord, err)
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

func TestSaveField_refuses_what_could_not_be_used(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		label := map[string]string{"en": "Date"}
		base := customer.Field{Code: "moved_in", Group: customer.Hard, Type: customer.Date, Labels: label, Active: true}
		for name, change := range map[string]func(*customer.Field){
			"a unit like a novel":      func(f *customer.Field) { f.Unit = strings.Repeat("米", 21) },
			"a question like a novel":  func(f *customer.Field) { f.Questions = map[string]string{"en": strings.Repeat("?", 401)} },
			"an unheard-of language":   func(f *customer.Field) { f.Labels = map[string]string{"en": "Date", "xx": "?"} },
			"nothing between bounds":   func(f *customer.Field) { f.Min, f.Max = "2021-01-01", "2020-01-01" },
			"one choice written twice": func(f *customer.Field) { f.Type, f.Choices = customer.Choice, []string{"红", " 红 "} },
			"a choice with a comma":    func(f *customer.Field) { f.Type, f.Choices = customer.Choices, []string{"红,蓝", "绿"} },
		} {
			f := base
			change(&f)
			if err := s.SaveField(ctx, org.System, f); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: got %v, want invalid", name, err)
			}
		}
		base.Min = "2020/1/1" // compared as it is kept
		if err := s.SaveField(ctx, org.System, base); err != nil {
			t.Fatal(err)
		}
		c := s.create(s.li, "王晓东", "")
		for value, refused := range map[string]bool{"2020-05-01": false, "2019-12-31": true} {
			err := s.Learn(ctx, s.li, c.ID, []customer.Answer{{Field: "moved_in", Value: value}}, customer.FromTalk)
			if errs.Is(err, errs.Invalid) != refused || !refused && err != nil {
				t.Errorf("moved in on %s: %v", value, err)
			}
		}
	})
}

func TestSaveField_leaves_the_programs_own_fields_alone(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		var do []func() error
		for range 4 { // the race detector looks for who writes into the list they share
			do = append(do, func() error {
				return s.SaveField(t.Context(), org.System, customer.Field{Code: "contact_way", Weight: 3, Position: 60, Active: true})
			}, func() error {
				_, err := s.Fields(t.Context())
				return err
			})
		}
		for _, err := range atOnce(do...) {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestConsent_counts_although_another_servers_clock_was_ahead(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO consent (customer_id, id, purpose, channel, granted, source, staff_id, at)
				VALUES (?, ?, 'all', 'all', TRUE, 'talk', 11, 1)`, int64(c.ID), int64(1)<<61)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SetConsent(ctx, s.li, c.ID, customer.Consent{
			Purpose: customer.ForAll, Channel: customer.AllChannels, Source: customer.FromPhone,
			Wording: strings.Repeat("请", 2000),
		}); err != nil {
			t.Fatal(err)
		}
		f, err := s.File(ctx, s.li, c.ID)
		if err != nil || !f.Customer.DoNotContact || len(f.Consents) != 1 || f.Consents[0].Granted {
			t.Errorf("do not contact: %v, consents %+v, %v", f.Customer.DoNotContact, f.Consents, err)
		}
	})
}

func TestConsent_withdrawn_for_everything_means_do_not_contact(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		for _, granted := range []bool{false, true} {
			if err := s.SetConsent(ctx, s.li, c.ID, customer.Consent{
				Purpose: customer.ForAll, Channel: customer.AllChannels, Granted: granted,
				Source: customer.FromPhone, Wording: "请不要再打电话",
			}); err != nil {
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
