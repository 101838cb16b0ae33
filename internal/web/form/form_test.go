package form_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/web/form"
)

func english(pairs ...string) *form.Form {
	return form.New(i18n.Printer{Locale: i18n.English}, form.Of(pairs...).Values)
}

func TestAFormKeepsWhatWasTyped(t *testing.T) {
	f := english("name", "  Wang ", "n", "twelve")
	if got := f.Text("name"); got != "Wang" {
		t.Errorf("name is %q", got)
	}
	if got := f.Int("n"); got != 0 || f.Error("n") != "Enter a whole number, such as 12." || f.Text("n") != "twelve" {
		t.Errorf("n is %d, %q, %q", got, f.Error("n"), f.Text("n"))
	}
	if f.OK() || f.Summary() != "Some fields need another look: see those marked in red." {
		t.Errorf("summary is %q", f.Summary())
	}
	if got := english("n", "12").Int("n"); got != 12 {
		t.Errorf("n is %d, want 12", got)
	}
}

func TestParseRecordsWhatTheParserSays(t *testing.T) {
	f := english("bad", "12", "empty", " ", "odd", "x")
	parse := func(s string) (phone.Number, error) { return phone.Parse(s, "CN") }
	if form.Parse(f, "bad", parse); f.Error("bad") == "" || f.Error("bad") == "bad" {
		t.Errorf("a wrong phone says %q", f.Error("bad"))
	}
	if form.Parse(f, "empty", parse); f.Error("empty") != "" {
		t.Errorf("an empty field is wrong: %q", f.Error("empty"))
	}
	form.Parse(f, "odd", func(string) (int, error) { return 0, errors.New("strconv: syntax") })
	if got := f.Error("odd"); got != "This value is not valid. Please check it." {
		t.Errorf("a foreign error shows %q", got)
	}
}

func TestRefusedTakesWhatThePersonCanMend(t *testing.T) {
	var fields errs.Fields
	fields.Add("name", "web.not_a_number")
	for _, c := range []struct {
		err  error
		want bool
	}{
		{fields.Err(), true},
		{errs.New(errs.Conflict, "web.foreign_form"), true},
		{errs.New(errs.TooMany, "web.took_too_long"), true},
		{errs.New(errs.NotFound, "web.not_found"), false},
		{errs.New(errs.Forbidden, "web.foreign_form"), false},
		{errors.New("disk on fire"), false},
		{nil, false},
	} {
		f := english()
		if got := f.Refused(c.err); got != c.want || f.OK() == c.want {
			t.Errorf("Refused(%v) = %v and OK is %v, want %v", c.err, got, f.OK(), c.want)
		}
	}
	f := english()
	f.Wrong("name", "error.field_invalid")
	f.Refused(fields.Err())
	if got := f.Error("name"); got != "This value is not valid. Please check it." {
		t.Errorf("the first fault of a field is lost: %q", got)
	}
}

func TestANilFormIsAnEmptyOne(t *testing.T) {
	var f *form.Form
	if f.Text("x") != "" || f.Error("x") != "" || f.Summary() != "" || f.Has("x", "y") || f.Bool("x") {
		t.Error("a page without a form finds something in it")
	}
	box := &form.Form{Values: url.Values{"way": {"phone", "sms"}, "on": {"1"}, "off": {"0"}}}
	if !box.Has("way", "sms") || box.Has("way", "fax") || !box.Bool("on") || box.Bool("off") {
		t.Error("boxes are read wrongly")
	}
}
