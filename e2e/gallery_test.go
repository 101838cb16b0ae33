package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/ui"
	"github.com/ricejar/ricejar/internal/web/ui/gallery"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

// galleryServer serves every component, to somebody who may do everything.
func galleryServer(t *testing.T) string {
	t.Helper()
	show := func(title string, page func(*http.Request) templ.Component) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			web.SayUndo(r, "已记下：电话回访，满意。", "/undo")
			return web.Render(w, r, web.Page{Title: title, Body: page(r)})
		}
	}
	site := webtest.New(t, func(s *web.Site) {
		s.Handle("GET /today", org.TasksRead, show("list", func(*http.Request) templ.Component { return gallery.List() }))
		s.Handle("GET /customers", org.CustomersRead, show("list", func(*http.Request) templ.Component { return gallery.List() }))
		s.Handle("GET /customers/{customer}", org.CustomersRead, show("file", func(*http.Request) templ.Component { return gallery.File() }))
		s.Handle("GET /customers/new", org.CustomersWrite, show("forms", func(r *http.Request) templ.Component {
			f := web.Query(r)
			f.Wrong("phone", "web.not_a_number")
			return gallery.Forms(f)
		}))
		s.Handle("GET /customers/search", org.CustomersRead, func(w http.ResponseWriter, r *http.Request) error {
			list := []ui.Suggestion{{Href: "/customers/5", Title: "王晓东", Note: "138****1234", Seed: 5}, {Href: "/customers/6", Title: "吴小丹", Note: web.Query(r).Text("q"), Seed: 6}}
			return web.Render(w, r, web.Page{Body: ui.Suggestions(list, "")})
		})
	}, func(o *web.Options) {
		o.Authenticate = func(*http.Request) (org.Actor, error) { return webtest.Staff(org.Administrator), nil }
	})
	server := httptest.NewServer(site.Site)
	t.Cleanup(server.Close)
	return server.URL
}

// tooSmall lists what a thumb would miss: controls lower than 44 pixels.
const tooSmall = `[...document.querySelectorAll("button, .btn:not(.not-focus\\:sr-only), input:not([type=hidden],.sr-only,[type=checkbox]), select, textarea, summary, .pop-item, .dock-item, .tab-item, .pill > span")]
	.filter((el) => el.checkVisibility() && !el.closest("label.input") && el.getBoundingClientRect().height < 43.5)
	.map((el) => el.outerHTML.slice(0, 90) + " is " + el.getBoundingClientRect().height + " high").join("\n")`

func TestEveryComponentFitsAPhoneAndADesk(t *testing.T) {
	url := galleryServer(t)
	for _, d := range []device{onPhone, onDesktop} {
		p := openTab(t, url, d)
		for _, path := range []string{"/customers", "/customers/5", "/customers/new", "/more", "/nowhere"} {
			p.do(chromedp.Navigate(url + path)) // not open: /nowhere says 404
			p.fits()
			if small := eval[string](p, tooSmall); d.phone && small != "" {
				t.Errorf("%s has controls that a thumb misses:\n%s", path, small)
			}
			if got := eval[string](p, "getComputedStyle(document.body).backgroundColor"); got != "rgb(246, 241, 231)" {
				t.Errorf("%s has no styles: its ground is %s", path, got)
			}
		}
		for _, c := range p.complained() {
			if !strings.Contains(c, "404") {
				t.Errorf("the browser complains: %s", c)
			}
		}
	}
}

func TestTheKeyboardReachesEverything(t *testing.T) {
	p := newPage(t, galleryServer(t), onDesktop)
	p.open("/customers")
	focus := func() string {
		return eval[string](p, "document.activeElement.name || document.activeElement.className")
	}

	p.keys("/")
	if got := focus(); got != "q" {
		t.Fatalf("after / the focus is on %q", got)
	}
	p.keys("wxd")
	p.until(`document.querySelector("[role=option]:nth-child(2)")?.textContent.includes("wxd")`)
	if !eval[bool](p, `document.activeElement.getAttribute("aria-expanded") === "true"`) {
		t.Error("those who listen do not hear that there are suggestions")
	}
	p.keys(kb.ArrowDown + kb.ArrowDown)
	if got := eval[string](p, `document.querySelector("[aria-selected=true] span span").textContent`); got != "吴小丹" {
		t.Errorf("two steps down is %q", got)
	}
	p.keys(kb.Enter)
	p.until(`location.pathname === "/customers/6"`)

	p.open("/customers")
	p.keys("jj")
	if got := focus(); got != "row-link" || eval[string](p, "document.activeElement.textContent") != "欧阳靖" {
		t.Errorf("j twice is on %q", got)
	}
	p.keys("?")
	p.until(`document.getElementById("shortcuts").open`)
	p.keys(kb.Escape)
	p.until(`!document.getElementById("shortcuts").open`)
	p.keys("gt")
	p.until(`location.pathname === "/today"`)
	p.keys("n")
	p.until(`location.pathname === "/customers/new"`)
}

func TestAToastIsDismissedAndASheetOpensAndCloses(t *testing.T) {
	p := newPage(t, galleryServer(t), onPhone)
	p.open("/customers/5")
	p.press("[data-dismiss]")
	p.gone("[data-toast]")

	open := `document.getElementById("note").open`
	p.press("[commandfor=note]")
	p.until(open)
	p.until(`document.activeElement.name === "body"`)
	p.until(`Math.abs(innerHeight - document.getElementById("note").getBoundingClientRect().bottom) <= 1`)
	p.do(chromedp.MouseClickXY(200, 100)) // beside it
	p.until("!" + open)
}
