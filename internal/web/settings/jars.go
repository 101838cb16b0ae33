package settings

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/insight/refill"
	"github.com/ricejar/ricejar/internal/text"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
	"github.com/ricejar/ricejar/internal/web/ui"
)

const jarsPath = "/settings/jars"

// jarPath leads to a jar by its place in the list, the first being 1.
func jarPath(n int, rest string) string { return jarsPath + "/" + strconv.Itoa(n) + rest }

// jarExample is a jar as it often is. Its words are settings.jar_like.<name>, which
// is the category, and settings.jar_like_about.<name>.
type jarExample struct {
	Name, Icon      string
	Unit            refill.Unit
	PerPiece, Daily string
}

var jarExamples = []jarExample{
	{"rice", "wheat", refill.Kilogram, "5", "0.15"},
	{"oil", "droplet", refill.Litre, "5", "0.03"},
	{"coffee", "coffee", refill.Gram, "250", "12"},
	{"filter", "filter", refill.Litre, "1500", "3"},
}

// jarsPage is all jars.
type jarsPage struct {
	Jars  []refill.Jar
	Model insight.Model // what is read now; zero: nothing was computed yet
}

func (h Pages) jars(w http.ResponseWriter, r *http.Request) error {
	set, _, err := h.Insight.Setting(r.Context())
	if err != nil {
		return err
	}
	p := jarsPage{Jars: set.Jars}
	p.Model, err = h.Insight.Model(r.Context(), web.Actor(r))
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return show(w, r, jarsPath, web.T(r, "settings.section.jars"), nil, jarsBody(p))
}

// jarForm is a jar being made or changed, and what it would mean.
type jarForm struct {
	Form       *form.Form
	N          int // its place in the list; 0: a new one
	Categories []string
	Fields     []customer.Field // those that hold a number
	Example    example
}

// jar is the one of the path, and the setting that it stands in.
func (h Pages) jar(r *http.Request) (n int, set insight.Setting, version int64, err error) {
	if set, version, err = h.Insight.Setting(r.Context()); err != nil {
		return 0, set, 0, err
	}
	n, err = strconv.Atoi(r.PathValue("jar"))
	if err != nil || n < 1 || n > len(set.Jars) {
		return 0, set, 0, errs.New(errs.NotFound, "web.not_found")
	}
	return n, set, version, nil
}

func (h Pages) newJar(w http.ResponseWriter, r *http.Request) error {
	_, version, err := h.Insight.Setting(r.Context())
	if err != nil {
		return err
	}
	f := form.Of("unit", string(refill.Kilogram), "people", usualPeople)
	like := web.Query(r).Text("like")
	if i := slices.IndexFunc(jarExamples, func(x jarExample) bool { return x.Name == like }); i >= 0 {
		x := jarExamples[i]
		f = form.Of("category", web.T(r, "settings.jar_like."+x.Name), "unit", string(x.Unit), "per_piece", x.PerPiece, "daily", x.Daily, "people", usualPeople)
	}
	f.Values.Set("version", strconv.FormatInt(version, 10))
	return h.showJar(w, r, jarForm{Form: f})
}

// usualPeople is the built-in field that says how many they are.
const usualPeople = "household_size"

func (h Pages) editJar(w http.ResponseWriter, r *http.Request) error {
	n, set, version, err := h.jar(r)
	if err != nil {
		return err
	}
	f := form.Of(jarPairs(set.Jars[n-1])...)
	f.Values.Set("version", strconv.FormatInt(version, 10))
	return h.showJar(w, r, jarForm{Form: f, N: n})
}

// jarPairs are a jar as its form holds it.
func jarPairs(j refill.Jar) []string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return []string{"category", j.Category, "unit", string(j.Unit), "per_piece", number(j.PerPiece), "daily", number(j.Daily),
		"people", j.People, "use", j.Use, "capacity", j.Capacity}
}

func (h Pages) showJar(w http.ResponseWriter, r *http.Request, p jarForm) (err error) {
	if p.Categories, err = h.Insight.Categories(r.Context()); err != nil {
		return err
	}
	if p.Fields, err = h.jarFields(r.Context()); err != nil {
		return err
	}
	// Of what is wrong the page already speaks: the example reads by itself.
	if p.Example, err = h.exampleOf(r.Context(), readJar(form.New(web.Printer(r), p.Form.Values))); err != nil {
		return err
	}
	title := web.T(r, "settings.new_jar")
	if p.N > 0 {
		title = p.Form.Text("category")
	}
	return show(w, r, jarsPath, title, p.Form, jarBody(p, title))
}

// jarFields are the fields whose answer is a number.
func (h Pages) jarFields(ctx context.Context) ([]customer.Field, error) {
	list, err := h.Customers.Fields(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(f customer.Field) bool { return f.Type != customer.Number || !f.Active }), nil
}

// readJar reads what was typed, and says beside each box what cannot be.
func readJar(f *form.Form) refill.Jar {
	j := refill.Jar{Category: text.Line(f.Text("category")), Unit: refill.Unit(f.Text("unit")),
		People: f.Text("people"), Use: f.Text("use"), Capacity: f.Text("capacity")}
	for name, to := range map[string]*float64{"per_piece": &j.PerPiece, "daily": &j.Daily} {
		if f.Text(name) == "" {
			f.Wrong(name, "error.required")
			continue
		}
		if *to = form.Parse(f, name, parseDecimal); *to <= 0 {
			f.Wrong(name, "settings.jar_above_zero")
		}
	}
	return j
}

func (h Pages) createJar(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	set, _, err := h.Insight.Setting(r.Context())
	if err != nil {
		return err
	}
	set.Jars = append(set.Jars, refill.Jar{})
	return h.putJar(w, r, jarForm{Form: f}, set, len(set.Jars)-1)
}

func (h Pages) saveJar(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	n, set, _, err := h.jar(r)
	if err != nil {
		return err
	}
	return h.putJar(w, r, jarForm{Form: f, N: n}, set, n-1)
}

// putJar saves what was typed as the jar at a place of the setting.
func (h Pages) putJar(w http.ResponseWriter, r *http.Request, p jarForm, set insight.Setting, at int) error {
	j := readJar(p.Form)
	was := set.Jars[at]
	set.Jars[at] = j
	if err := j.Check(); err != nil && !p.Form.Refused(err) {
		return err
	}
	fields, err := h.jarFields(r.Context())
	if err != nil {
		return err
	}
	for _, box := range []struct{ name, now, was string }{{"people", j.People, was.People}, {"use", j.Use, was.Use}, {"capacity", j.Capacity, was.Capacity}} {
		// One that was retired since stays where it is used.
		if box.now != "" && box.now != box.was && !slices.ContainsFunc(fields, func(f customer.Field) bool { return f.Code == box.now }) {
			p.Form.Wrong(box.name, "error.field_invalid")
		}
	}
	if p.Form.OK() {
		err := h.Insight.SaveSetting(r.Context(), web.Actor(r), set, p.Form.Int("version"))
		if err == nil {
			web.Say(r, ui.Success, web.T(r, "settings.jar_saved", "jar", j.Category))
			return web.Redirect(w, r, jarsPath)
		}
		if !p.Form.Refused(err) {
			return err
		}
		if p.Form.Error("jars."+strconv.Itoa(at)+".category") != "" {
			p.Form.Wrong("category", "insight.jar_twice")
		}
	}
	return h.showJar(w, r, p)
}

// removeJar takes a jar out; the next page offers to bring it back.
func (h Pages) removeJar(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form(r)
	if err != nil {
		return err
	}
	n, set, version, err := h.jar(r)
	if err != nil {
		return err
	}
	if f.Int("version") != version { // it may be another that stands there now
		return errs.New(errs.Conflict, "insight.setting_changed")
	}
	gone := set.Jars[n-1]
	set.Jars = slices.Delete(set.Jars, n-1, n)
	if err := h.Insight.SaveSetting(r.Context(), web.Actor(r), set, version); err != nil {
		return err
	}
	web.SayUndo(r, web.T(r, "settings.jar_removed", "jar", gone.Category), paths.With(jarsPath+"/restore", append(jarPairs(gone), "at", strconv.Itoa(n))...))
	return web.Redirect(w, r, jarsPath)
}

// restoreJar brings back a jar that was removed: the address carries all of it.
func (h Pages) restoreJar(w http.ResponseWriter, r *http.Request) error {
	f := web.Query(r)
	j := readJar(f)
	set, version, err := h.Insight.Setting(r.Context())
	if err != nil {
		return err
	}
	at := min(max(int(f.Int("at"))-1, 0), len(set.Jars))
	set.Jars = slices.Insert(set.Jars, at, j)
	if err := h.Insight.SaveSetting(r.Context(), web.Actor(r), set, version); err != nil {
		return err
	}
	web.Say(r, ui.Success, web.T(r, "settings.jar_restored", "jar", j.Category))
	return web.Redirect(w, r, jarsPath)
}

// example is what a jar means, in days that people know.
type example struct {
	Jar      refill.Jar
	OK       bool // the numbers are there
	Products []insight.Sized
	More     bool // there are more of them
}

// exampleProducts is how many products the example shows.
const exampleProducts = 6

// homes are the sizes of the homes of the example.
var homes = []int{4, 2, 1}

func (h Pages) exampleOf(ctx context.Context, j refill.Jar) (example, error) {
	x := example{Jar: j, OK: j.PerPiece > 0 && j.Daily > 0 && slices.Contains(refill.Units(), j.Unit)}
	if !x.OK || j.Category == "" {
		return x, nil
	}
	list, err := h.Insight.JarProducts(ctx, j, exampleProducts+1)
	x.Products, x.More = list[:min(len(list), exampleProducts)], len(list) > exampleProducts
	return x, err
}

// jarExample tells what the jar means that is being typed.
func (h Pages) jarExample(w http.ResponseWriter, r *http.Request) error {
	x, err := h.exampleOf(r.Context(), readJar(web.Query(r)))
	if err != nil {
		return err
	}
	return web.Render(w, r, web.Page{Title: web.T(r, "settings.section.jars"), Body: exampleBody(x), Fragment: exampleBody(x)})
}

// lasts is for how long an amount lasts, in words.
func (x example) lasts(pr i18n.Printer, amount float64, people int) string {
	return daysWords(pr, x.Jar.Lasts(amount, float64(people)))
}

// daysWords is a number of days without the look of more exactness than there is.
func daysWords(pr i18n.Printer, days float64) string {
	switch {
	case days < 1:
		return pr.T("settings.not_a_day")
	case days > years*365:
		return pr.T("settings.over_years", "n", years)
	}
	return pr.T("settings.about_days", "n", int(days+0.5))
}

const years = 3

// strange reports whether the numbers can hardly be meant: one of the units may
// be another than the one chosen.
func (x example) strange() bool {
	days := x.Jar.Lasts(x.Jar.PerPiece, float64(homes[0]))
	return days < 1 || days > years*365
}

// much is an amount with its unit.
func much(pr i18n.Printer, v float64, u refill.Unit) string {
	decimals := 2
	if v < 0.1 {
		decimals = 4
	}
	return pr.T("settings.amount_of."+unitName(u), "n", pr.Decimal(v, decimals))
}

func unitName(u refill.Unit) string { return cmp.Or(string(u), "piece") }

func unitOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, u := range refill.Units() {
		list = append(list, ui.Option{Value: string(u), Label: i18n.T(ctx, "settings.jar_unit."+unitName(u))})
	}
	return list
}

// fieldOptions are the fields to choose from, before them none if that is one of
// the answers; a field that is chosen and was retired since is there too.
func (p jarForm) fieldOptions(ctx context.Context, name, none string) []ui.Option {
	list := []ui.Option{{Label: none}}
	chosen := p.Form.Text(name)
	for _, f := range p.Fields {
		label := f.Label(i18n.From(ctx))
		if f.Unit != "" {
			label += " (" + f.Unit + ")"
		}
		list = append(list, ui.Option{Value: f.Code, Label: label})
		if f.Code == chosen {
			chosen = ""
		}
	}
	if chosen != "" {
		list = append(list, ui.Option{Value: chosen, Label: chosen})
	}
	return list
}

func (p jarForm) action() string {
	if p.N == 0 {
		return jarsPath
	}
	return jarPath(p.N, "")
}

// aboutJar says in a line what the jar reckons with.
func aboutJar(ctx context.Context, j refill.Jar) string {
	pr := i18n.From(ctx)
	return strings.Join([]string{
		pr.T("settings.jar_piece", "amount", much(pr, j.PerPiece, j.Unit)),
		pr.T("settings.jar_daily", "amount", much(pr, j.Daily, j.Unit)),
		pr.T("settings.jar_family", "n", homes[0], "days", daysWords(pr, j.Lasts(j.PerPiece, float64(homes[0])))),
	}, " · ")
}

// likePath leads to a new jar that is filled in like an example.
func likePath(x jarExample) string { return jarsPath + "/new?" + url.Values{"like": {x.Name}}.Encode() }
