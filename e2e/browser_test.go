package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take for one step on a busy machine; it is
// spent in vain only when something is broken.
const patience = time.Minute

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
	case <-time.After(patience):
		return nil, fmt.Errorf("%s does not start", path)
	}
})

// page is a tab with cookies of its own. Whatever the browser complains about
// while it is open fails the test at its end.
type page struct {
	t       *testing.T
	ctx     context.Context
	base    string
	device  device
	presses int // so far

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
	p.do(func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, tab, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: witness})
		return chromedp.Void{}, err
	})
	p.watchDownloads()
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

// watchDownloads refuses files and takes back, for each, that the page is being
// left: the browser asks for a page, and only the answer says that it is none.
func (p *page) watchDownloads() {
	p.t.Helper()
	tab := chromedp.FromContext(p.ctx)
	events := true
	if _, err := cdp.Call(p.ctx, tab.Browser, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: tab.BrowserContextID, EventsEnabled: &events,
	}); err != nil {
		p.t.Fatal(err)
	}
	downloads := chromedp.BrowserEvents(p.ctx, cdpbrowser.DownloadWillBegin)
	go func() {
		for d, err := range downloads {
			if err != nil {
				return // the tab is closed
			}
			if string(d.FrameID) == string(tab.Target.TargetID) { // of a page's main frame they are the same
				_, _ = run(p, chromedp.Evaluate[bool](stays)) // at worst the page counts as being left
			}
		}
	}()
}

// invalidInput is the one failure of a request that is not a mistake of ours:
// the person's form has mistakes, and is shown again.
var invalidInput = regexp.MustCompile(`status of 422`)

func (p *page) hear(m chromedp.ConsoleMessage) {
	if m.Text == catchUp {
		select {
		case p.caughtUp <- struct{}{}:
		default: // said twice: the first answer was lost with its page
		}
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
	_, err := answer[bool](p, `catchUp => { console.debug(catchUp); return true }`, catchUp)
	if err == nil {
		select {
		case <-p.caughtUp:
		case <-time.After(patience):
			err = errors.New("its console is not to be heard")
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		return append(p.complaints, "the page: "+err.Error())
	}
	return p.complaints
}
