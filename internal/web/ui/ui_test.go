package ui_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/static"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// render draws a component for a reader of English on 22 Nov 2026.
func render(t *testing.T, c templ.Component) *html.Node {
	t.Helper()
	ctx := i18n.With(context.Background(), i18n.Printer{Locale: i18n.English})
	ctx = ui.With(ctx, &ui.Frame{
		Path: "/customers/5", Now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Zone: time.UTC,
		User: &ui.User{Name: "Wang"}, Nav: []ui.NavItem{{Label: "Customers", Href: "/customers", Dock: true}, {Label: "Cust", Href: "/cust"}},
	})
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	n, err := html.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func all(t *testing.T, n *html.Node, selector string) []*html.Node {
	t.Helper()
	return cascadia.QueryAll(n, cascadia.MustCompile(selector))
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestAFieldSaysWhatItIsAndWhatIsWrong(t *testing.T) {
	f := form.Of("phone", "12<3")
	f.Refused(&errs.Error{Kind: errs.Invalid, Key: "error.check_fields", Fields: []errs.Field{{Name: "phone", Key: "error.field_invalid"}}})
	for _, kind := range []string{"", "tel", "date", "textarea", "number"} {
		n := render(t, ui.Field{Form: f, Name: "phone", Label: "Phone", Type: kind, Hint: "any form", Required: true})
		input := all(t, n, "input, textarea")[0]
		if label := all(t, n, "label[for]")[0]; attr(label, "for") != attr(input, "id") || text(label) != "Phone *" {
			t.Errorf("%s: the label %q is for %q, the field is %q", kind, text(label), attr(label, "for"), attr(input, "id"))
		}
		if attr(input, "aria-invalid") != "true" || attr(input, "aria-required") != "true" {
			t.Errorf("%s: those who listen do not hear that it is wrong and needed", kind)
		}
		about := all(t, n, "#"+attr(input, "aria-describedby"))
		if len(about) != 1 || text(about[0]) == "" || text(about[0]) == "any form" {
			t.Errorf("%s: the field is described by %q, want by what is wrong", kind, attr(input, "aria-describedby"))
		}
		if got := attr(input, "value") + text(input); got != "12<3" {
			t.Errorf("%s: what was typed became %q", kind, got)
		}
	}
	password := render(t, ui.Field{Form: form.Of("p", "secret"), Name: "p", Type: "password"})
	if strings.Contains(attr(all(t, password, "input")[0], "value"), "secret") {
		t.Error("a password is sent back to the page")
	}
}

func TestAFormCarriesOneKeyThroughItsMistakes(t *testing.T) {
	key := func(f *form.Form) string {
		return attr(all(t, render(t, ui.Form(ui.FormHead{Action: "/x", Form: f})), "input[name=request_key]")[0], "value")
	}
	first := key(form.Of())
	if len(first) < 20 || first == key(form.Of()) {
		t.Errorf("two forms share the key %q", first)
	}
	if again := key(form.Of("request_key", first)); again != first {
		t.Errorf("shown again, the form has the key %q, want %q", again, first)
	}
}

func TestATableHasOneLinkARowAndNamesItsColumns(t *testing.T) {
	n := render(t, ui.Table{
		Label: "Customers",
		Cols:  []ui.Col{{Label: "Name", Place: ui.Main}, {Label: "Spent", Place: ui.End, Num: true}},
		Rows:  []ui.Row{{Href: "/customers/5", Cells: []templ.Component{ui.Text("<Wang>"), ui.Money(123456, "CNY")}}},
	})
	if got := len(all(t, n, "thead th[scope=col]")); got != 2 {
		t.Errorf("%d headings, want 2", got)
	}
	link := all(t, n, "tbody tr a.row-link")
	if len(link) != 1 || attr(link[0], "href") != "/customers/5" || text(link[0]) != "<Wang>" {
		t.Errorf("the row's link is %v", link)
	}
	if got := text(all(t, n, "td.c-end.num")[0]); got != "¥1,234.56" {
		t.Errorf("the amount is %q", got)
	}
	empty := render(t, ui.Table{Empty: ui.Empty{Icon: "users", Title: "Nobody yet"}})
	if len(all(t, empty, "table")) != 0 || !strings.Contains(text(empty), "Nobody yet") {
		t.Error("an empty table shows no reason")
	}
}

func TestIconsAloneHaveALabel(t *testing.T) {
	n := render(t, ui.Button{Label: "Reveal", Icon: "eye", IconOnly: true})
	if b := all(t, n, "button")[0]; attr(b, "aria-label") != "Reveal" || text(b) != "" {
		t.Error("a button of an icon alone says nothing to those who listen")
	}
	if svg := all(t, n, "svg")[0]; attr(svg, "aria-hidden") != "true" || svg.FirstChild == nil {
		t.Error("the drawing is missing, or read aloud")
	}
}

func TestABarChartTellsItsFiguresToo(t *testing.T) {
	n := render(t, ui.Bars{Label: "Per month", Items: []ui.Bar{{Label: "Jan", Value: 100, Text: "£1"}, {Label: "Feb", Value: 50, Text: "£0.50"}, {Label: "Mar", Value: 0, Text: "£0"}, {Label: "Apr", Value: -4, Text: "−£0.04"}}})
	if got := len(all(t, n, "table tr")); got != 4 {
		t.Errorf("%d rows of figures, want 4", got)
	}
	var heights []string
	for _, r := range all(t, n, "rect.fill-primary") {
		heights = append(heights, attr(r, "height"))
	}
	if got := strings.Join(heights, " "); got != "112.0 56.0 0.0 0.0" {
		t.Errorf("heights are %s", got)
	}
	render(t, ui.Bars{Label: "nothing"})
	render(t, ui.Spark{Label: "flat", Values: []int64{3, 3, 3}})
}

func TestTheShellMarksWhereOneIs(t *testing.T) {
	n := render(t, ui.Document(ui.Sheet{Title: "Wang", Body: ui.Text("x")}))
	if got := len(all(t, n, `a[href="/customers"][aria-current=page]`)); got != 2 {
		t.Errorf("%d links are marked as current, want 2: in the navigation and the dock", got)
	}
	if got := len(all(t, n, `a[href="/cust"][aria-current=page]`)); got != 0 {
		t.Error("/cust is marked on /customers/5")
	}
	for _, n := range all(t, n, "button, a") {
		if text(n) == "" && attr(n, "aria-label") == "" {
			t.Errorf("<%s %v> says nothing", n.Data, n.Attr)
		}
	}
	if got := text(all(t, n, "title")[0]); got != "Wang · Ricejar" {
		t.Errorf("title %q", got)
	}
}

func TestAPhoneIsMaskedUntilRevealed(t *testing.T) {
	masked := render(t, ui.Phone{Number: "138****1234", Reveal: "/customers/5/reveal"})
	if len(all(t, masked, "a[href^='tel:']")) != 0 || attr(all(t, masked, "form")[0], "action") != "/customers/5/reveal" {
		t.Error("a masked number can be dialled, or cannot be revealed")
	}
	shown := render(t, ui.Phone{Number: "138 1234 1234", Dial: "+8613812341234"})
	if len(all(t, shown, "a[href='tel:+8613812341234']")) != 1 || len(all(t, shown, "form")) != 0 {
		t.Error("a number in full cannot be dialled")
	}
}

var (
	iconNames = regexp.MustCompile(`(?:Icon: |Icon\{Name: |PopLink\([^\n]*?\), |PopButton\([^\n]*?\), )"([a-z0-9-]+)"`)
	inline    = regexp.MustCompile(`\sstyle=|<style|\son[a-z]+=["{]|hx-on|<script>|javascript:`)
)

// TestPagesKeepToTheRules reads every page's source: icons exist, and nothing is inline.
func TestPagesKeepToTheRules(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") ||
			!strings.HasSuffix(path, ".templ") && !strings.HasSuffix(path, ".go") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range iconNames.FindAllSubmatch(raw, -1) {
			if _, ok := static.Icon(string(m[1])); !ok {
				t.Errorf("%s: lucide has no icon %q", path, m[1])
			}
		}
		if strings.HasSuffix(path, ".templ") {
			if m := inline.Find(raw); m != nil {
				t.Errorf("%s: %q is inline, which the policy of the pages forbids", path, m)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
