package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

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

// browser is a headless Chromium that remembers what its console complained of.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	faults []string
}

// launch starts a Chromium for the test and its subtests.
func launch(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)
	if path := os.Getenv("RICEJAR_TEST_CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func openTab(t *testing.T, chromium context.Context) *browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	b.do(chromedp.Navigate("about:blank"))
	err := chromedp.Listen(ctx, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			b.faults = append(b.faults, ev.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.EntryLevelError {
				b.faults = append(b.faults, ev.Entry.Text)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// eval is the value of a JavaScript expression in the page.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to become true in the page.
func (b *browser) until(expression string) {
	b.t.Helper()
	var err error
	for range 5 { // a page that goes away while it is watched takes the watcher along
		if _, err = chromedp.Run(b.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(10*time.Second))); err == nil {
			return
		}
		if !strings.Contains(err.Error(), "context") && !strings.Contains(err.Error(), "navigated") {
			break
		}
	}
	b.t.Fatalf("%s did not come true: %v", expression, err)
}

// tooSmall lists what a thumb would miss: controls lower than 44 pixels.
const tooSmall = `[...document.querySelectorAll("button, .btn:not(.not-focus\\:sr-only), input:not([type=hidden],.sr-only,[type=checkbox]), select, textarea, summary, .pop-item, .dock-item, .tab-item, .pill > span")]
	.filter((el) => el.checkVisibility() && !el.closest("label.input") && el.getBoundingClientRect().height < 43.5)
	.map((el) => el.outerHTML.slice(0, 90) + " is " + el.getBoundingClientRect().height + " high").join("\n")`

func TestInABrowser(t *testing.T) {
	url, chromium := galleryServer(t), launch(t)
	t.Run("pages fit a phone and a desk", func(t *testing.T) { pagesFit(t, url, openTab(t, chromium)) })
	t.Run("the keyboard reaches everything", func(t *testing.T) { keyboardReaches(t, url, openTab(t, chromium)) })
	t.Run("a sheet opens and closes", func(t *testing.T) { sheetOpens(t, url, openTab(t, chromium)) })
}

func pagesFit(t *testing.T, url string, b *browser) {
	t.Helper()
	for _, width := range []int64{390, 1280} {
		if width < 800 {
			b.do(chromedp.EmulateViewport(width, 844, chromedp.EmulateMobile, chromedp.EmulateTouch))
		} else {
			b.do(chromedp.EmulateViewport(width, 900))
		}
		for _, path := range []string{"/customers", "/customers/5", "/customers/new", "/more", "/nowhere"} {
			b.do(chromedp.Navigate(url + path))
			if got := eval[int64](b, "document.documentElement.scrollWidth"); got > width {
				t.Errorf("%s is %d wide on a screen of %d", path, got, width)
			}
			if width < 800 {
				if small := eval[string](b, tooSmall); small != "" {
					t.Errorf("%s has controls that a thumb misses:\n%s", path, small)
				}
			}
			if got := eval[string](b, "getComputedStyle(document.body).backgroundColor"); got != "rgb(246, 241, 231)" {
				t.Errorf("%s has no styles: its ground is %s", path, got)
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, fault := range b.faults {
		if !strings.Contains(fault, "404") { // /nowhere says so itself
			t.Errorf("the console complains: %s", fault)
		}
	}
}

func keyboardReaches(t *testing.T, url string, b *browser) {
	t.Helper()
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url+"/customers"))
	focus := func() string {
		return eval[string](b, "document.activeElement.name || document.activeElement.className")
	}

	b.do(chromedp.KeyEvent("/"))
	if got := focus(); got != "q" {
		t.Fatalf("after / the focus is on %q", got)
	}
	b.do(chromedp.KeyEvent("wxd"))
	b.until(`document.querySelector("[role=option]:nth-child(2)")?.textContent.includes("wxd")`)
	if !eval[bool](b, `document.activeElement.getAttribute("aria-expanded") === "true"`) {
		t.Error("those who listen do not hear that there are suggestions")
	}
	b.do(chromedp.KeyEvent("\u0301"), chromedp.KeyEvent("\u0301")) // arrow down
	if got := eval[string](b, `document.querySelector("[aria-selected=true] span span").textContent`); got != "吴小丹" {
		t.Errorf("two steps down is %q", got)
	}
	b.do(chromedp.KeyEvent("\r"))
	b.until(`location.pathname === "/customers/6"`)

	b.do(chromedp.Navigate(url+"/customers"), chromedp.KeyEvent("j"), chromedp.KeyEvent("j"))
	if got := focus(); got != "row-link" || eval[string](b, "document.activeElement.textContent") != "欧阳靖" {
		t.Errorf("j twice is on %q", got)
	}
	b.do(chromedp.KeyEvent("?"))
	b.until(`document.getElementById("shortcuts").open`)
	b.do(chromedp.KeyEvent("\u001b"))
	b.until(`!document.getElementById("shortcuts").open`)
	b.do(chromedp.KeyEvent("g"), chromedp.KeyEvent("t"))
	b.until(`location.pathname === "/today"`)
	b.do(chromedp.KeyEvent("n"))
	b.until(`location.pathname === "/customers/new"`)
}

func sheetOpens(t *testing.T, url string, b *browser) {
	t.Helper()
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch), chromedp.Navigate(url+"/customers/5"))
	open := `document.getElementById("note").open`
	b.do(chromedp.Click(chromedp.CSS("[commandfor=note]")))
	b.until(open)
	if got := eval[string](b, "document.activeElement.name"); got != "body" {
		t.Errorf("the sheet opens with the focus on %q", got)
	}
	b.until(`Math.abs(innerHeight - document.getElementById("note").getBoundingClientRect().bottom) <= 1`)
	b.do(chromedp.MouseClickXY(200, 100))
	b.until("!" + open)

	b.until(`document.querySelector("[data-toast]") !== null`)
	b.do(chromedp.Click(chromedp.CSS("[data-dismiss]")))
	b.until(`document.querySelector("[data-toast]") === null`)
}
