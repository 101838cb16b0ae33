package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take for one step on a busy machine.
const patience = 20 * time.Second

// screenshots is where pictures go, below the top of the repository.
const screenshots = "build/screenshots"

// device is what a person holds.
type device struct {
	name          string
	width, height int64
	phone, dark   bool
}

var (
	onPhone   = device{name: "phone", width: 390, height: 844, phone: true}
	onDesktop = device{name: "desktop", width: 1280, height: 900}
)

// inTheDark is the device with its dark theme on.
func (d device) inTheDark() device {
	d.name, d.dark = d.name+"-dark", true
	return d
}

// findBrowser names the Chromium to run.
func findBrowser() (string, error) {
	for _, name := range []string{
		os.Getenv("RICEJAR_TEST_CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium found: install it (Debian: apt-get install -y --no-install-recommends chromium fonts-noto-cjk; " +
		"macOS: brew install --cask chromium) or set RICEJAR_TEST_CHROMIUM to its path")
}

// closeBrowser ends the browser and removes its profile; TestMain calls it.
var closeBrowser = func() {}

// browser starts one Chromium for all tests; each page has its own cookies.
var browser = sync.OnceValues(func() (context.Context, error) {
	path, err := findBrowser()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "ricejar-browser-")
	if err != nil {
		return nil, err
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile),
		chromedp.NoSandbox, chromedp.DisableGPU, // root and no display, as on a build server
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN,zh"), chromedp.Flag("hide-scrollbars", true),
	)...)
	ctx, cancel := chromedp.NewContext(allocator)
	closeBrowser = func() {
		cancel()
		stop()
		os.RemoveAll(profile)
	}
	started := make(chan error, 1)
	go func() { started <- chromedp.Do(ctx) }() // not with a deadline: the browser would end at it
	select {
	case err := <-started:
		return ctx, err
	case <-time.After(2 * patience):
		return nil, fmt.Errorf("%s does not start", path)
	}
})

// page is a tab with cookies of its own. Whatever the browser complains about
// while it is open fails the test at its end.
type page struct {
	t      *testing.T
	ctx    context.Context
	base   string
	device device
	marks  int // things seen so far

	mu         sync.Mutex
	complaints []string
	caughtUp   chan struct{} // one value per catchUp that was heard
}

// catchUp is what the harness itself says on the console.
const catchUp = "ricejar e2e: caught up"

// newPage opens a tab for the site at base.
func newPage(t *testing.T, base string, d device) *page {
	t.Helper()
	p := openTab(t, base, d)
	t.Cleanup(func() {
		if t.Failed() {
			p.evidence()
		}
		for _, c := range p.complained() {
			t.Errorf("the browser complains: %s", c)
		}
	})
	return p
}

// openTab is newPage without the verdict.
func openTab(t *testing.T, base string, d device) *page {
	t.Helper()
	chrome, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(chrome, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &page{t: t, ctx: ctx, base: base, device: d, caughtUp: make(chan struct{}, 1)}
	// The tab lives as long as the context it was opened with, so not one with a deadline.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	options := []chromedp.EmulateViewportOption{}
	if d.phone {
		options = append(options, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	p.do(chromedp.EmulateViewport(d.width, d.height, options...))
	scheme := "light"
	if d.dark {
		scheme = "dark"
	}
	p.do(func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // nothing moves in a picture
		}})
		return chromedp.Void{}, err
	})
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return // the tab is closed
			}
			p.hear(m)
		}
	}()
	return p
}

// invalidInput is the one failure of a request that is not a mistake of ours:
// the person's form has mistakes, and is shown again.
var invalidInput = regexp.MustCompile(`status of 422`)

func (p *page) hear(m chromedp.ConsoleMessage) {
	if m.Text == catchUp {
		p.caughtUp <- struct{}{}
		return
	}
	bad := m.IsException() || m.Type == chromedp.ConsoleError || m.Source == "security"
	if !bad || m.Source == "network" && invalidInput.MatchString(m.Text) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.complaints = append(p.complaints, fmt.Sprintf("%s (%s line %d)", m, m.URL, m.Line+1))
}

// complained is what was heard so far. The page says one thing more, and when
// that is heard, all before it was.
func (p *page) complained() []string {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf("console.debug(%q), true", catchUp)))
	if err == nil {
		select {
		case <-p.caughtUp:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		return append(p.complaints, "it does not answer: "+err.Error())
	}
	return p.complaints
}

// run runs one action, with patience.
func run[T any](p *page, action chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, action)
}

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// open goes to a path of the site, which must answer with success.
func (p *page) open(path string) {
	p.t.Helper()
	response, err := run(p, chromedp.NavigateResponse(p.base+path))
	if err != nil {
		p.t.Fatalf("open %s: %v", path, err)
	}
	if response != nil && response.Status >= 400 {
		p.t.Fatalf("open %s: status %d", path, response.Status)
	}
}

// firstVisible finds the first such thing that is to be seen (a page may hold the
// same link for a phone and for a desk), and marks it with a number.
const firstVisible = `(selector, mark) => {
	const e = [...document.querySelectorAll(selector)].find(e =>
		e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0);
	if (!e) return false;
	e.setAttribute("data-e2e", mark);
	return true;
}`

// await asks the page until it answers yes. While the browser goes from one page
// to the next there is nobody to answer, which is not a no.
func (p *page) await(what, question string, args ...string) {
	p.t.Helper()
	quoted, err := json.Marshal(args)
	if err != nil {
		p.t.Fatal(err)
	}
	call := "(" + question + ")(..." + string(quoted) + ")"
	var last error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		var yes bool
		if yes, last = run(p, chromedp.Evaluate[bool](call)); yes && last == nil {
			return
		}
		select {
		case <-p.ctx.Done():
			p.t.Fatal(p.ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	p.t.Fatalf("%s (last answer: %v)", what, last)
}

// see waits until such a thing is to be seen, and returns a selector of that one.
func (p *page) see(selector string) string {
	p.t.Helper()
	p.marks++
	mark := strconv.Itoa(p.marks)
	p.await(selector+" is not to be seen", firstVisible, selector, mark)
	return `[data-e2e="` + mark + `"]`
}

// seeText waits until the page shows a text, anywhere.
func (p *page) seeText(text string) {
	p.t.Helper()
	p.await(text+" is not to be read", `text => document.body !== null && document.body.innerText.includes(text)`, text)
}

// press clicks (on a phone: taps) the first such thing.
func (p *page) press(selector string) {
	p.t.Helper()
	mark := p.see(selector)
	p.await("something lies over "+selector, reachable, mark)
	it := chromedp.CSS(mark)
	action := chromedp.Click(it)
	if p.device.phone {
		action = chromedp.Tap(it)
	}
	if _, err := run(p, action); err != nil {
		p.t.Fatalf("press %s: %v", selector, err)
	}
}

// reachable brings a thing to the middle, as a person would, since bars lie over
// the edges, and tells whether a finger would meet it there: while one page fades
// into the next it would not.
const reachable = `selector => {
	const e = document.querySelector(selector);
	e.scrollIntoView({block: "center", behavior: "instant"});
	const r = e.getBoundingClientRect();
	return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2));
}`

// fill replaces what a field holds, key by key, as a person types.
func (p *page) fill(selector, text string) {
	p.t.Helper()
	it := p.see(selector)
	_, err := run(p, chromedp.Evaluate[bool](fmt.Sprintf("{ const e = document.querySelector(%q); e.focus(); e.select(); true }", it)))
	if err == nil {
		_, err = run(p, chromedp.SendKeys(chromedp.CSS(it), text)) // over what is selected
	}
	if err != nil {
		p.t.Fatalf("fill %s: %v", selector, err)
	}
}

// choose takes an option of a list, as a person would with the arrow keys.
func (p *page) choose(selector, value string) {
	p.t.Helper()
	_, err := run(p, chromedp.Evaluate[bool](fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.value = %q;
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
		return e.value === %q;
	})() || (() => { throw new Error("there is no such option") })()`, p.see(selector), value, value)))
	if err != nil {
		p.t.Fatalf("choose %s of %s: %v", value, selector, err)
	}
}

// attach puts a file into a form.
func (p *page) attach(selector, path string) {
	p.t.Helper()
	if _, err := run(p, chromedp.SetUploadFiles(chromedp.CSS(p.see(selector)), []string{path})); err != nil {
		p.t.Fatalf("attach %s: %v", path, err)
	}
}

// read is the text of the first such thing.
func (p *page) read(selector string) string {
	p.t.Helper()
	text, err := run(p, chromedp.Text(chromedp.CSS(p.see(selector))))
	if err != nil {
		p.t.Fatalf("read %s: %v", selector, err)
	}
	return strings.TrimSpace(text)
}

// id is the id of the first such thing to be seen.
func (p *page) id(selector string) string {
	p.t.Helper()
	id, err := run(p, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q).id", p.see(selector))))
	if err != nil {
		p.t.Fatalf("id of %s: %v", selector, err)
	}
	return id
}

// gone waits until there is no such thing.
func (p *page) gone(selector string) {
	p.t.Helper()
	p.await(selector+" is still there", `selector => document.querySelector(selector) === null`, selector)
}

// where is the path and query the browser is at.
func (p *page) where() string {
	p.t.Helper()
	url, err := run(p, chromedp.Location())
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimPrefix(url, p.base)
}

// tooWide names the elements that stick out to the right, so that the page
// could be pushed sideways.
func (p *page) tooWide() []string {
	p.t.Helper()
	list, err := run(p, chromedp.Evaluate[[]string](fmt.Sprintf(`(() => {
		const width = %d, root = document.documentElement;
		if (Math.max(root.scrollWidth, document.body.scrollWidth) <= width) return [];
		const out = [...document.body.querySelectorAll('*')]
			.filter(e => e.getBoundingClientRect().right > width + 0.5)
			.map(e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' to ' + Math.round(e.getBoundingClientRect().right));
		return out.length ? out.slice(0, 8) : ['the page is ' + root.scrollWidth + ' wide'];
	})()`, p.device.width)))
	if err != nil {
		p.t.Fatal(err)
	}
	return list
}

// fits fails the test when the page can be pushed sideways.
func (p *page) fits() {
	p.t.Helper()
	if wide := p.tooWide(); len(wide) > 0 {
		p.t.Errorf("%s: wider than the %d pixels of a %s: %s", p.where(), p.device.width, p.device.name, strings.Join(wide, ", "))
	}
}

// picture keeps what is to be seen now as build/screenshots/NAME-DEVICE.png,
// and checks that it fits the screen.
func (p *page) picture(name string) {
	p.t.Helper()
	p.fits()
	if err := p.screenshot(name); err != nil {
		p.t.Error(err)
	}
}

func (p *page) screenshot(name string) error {
	png, err := run(p, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	dir := filepath.Join("..", screenshots)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+"-"+p.device.name+".png"), png, 0o644)
}

// evidence keeps what a failed test saw last.
func (p *page) evidence() {
	name := "failed-" + strings.NewReplacer("/", "-", " ", "-").Replace(p.t.Name())
	if err := p.screenshot(name); err != nil {
		p.t.Logf("no picture: %v", err)
		return
	}
	url, _ := run(p, chromedp.Location())
	text, _ := run(p, chromedp.Evaluate[string]("document.body.innerText.slice(0, 1500)"))
	p.t.Logf("the browser was at %s (picture %s/%s-%s.png) and read:\n%s", url, screenshots, name, p.device.name, text)
}
