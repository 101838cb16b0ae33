package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// witness runs in every page before the page's own scripts, and notes that the
// page is being left: by a link, by a form, by a script. From then on the page
// answers nothing (see answer); the mark goes with the page, also when the same
// address follows. What stays on the page, a dialog's form or a new tab or a
// part of the page with a # of its own, is no leaving.
const witness = `(() => {
	const leave = () => { window.e2eLeaving = true };
	addEventListener("submit", e => { // the browser goes only after the script that pressed has ended
		const of = name => e.submitter?.getAttribute("form" + name) ?? e.target.getAttribute(name) ?? "";
		const stays = of("method").toLowerCase() === "dialog" || !["", "_self"].includes(of("target"));
		if (!e.defaultPrevented && !stays) leave();
	});
	navigation.addEventListener("navigate", e => {
		if (!e.destination.sameDocument && e.downloadRequest === null) leave();
	});
})()`

// stays takes the mark back: what the page was left for became a file to keep.
const stays = `window.e2eLeaving = false`

// inPage wraps a question. It is answered by a page that has come whole, its
// scripts too, and is not being left, and it is answered in one go: between two
// questions a page may be replaced, or a part of it.
const inPage = `(() => {
	class Later extends Error {}
	const later = why => { throw new Later(why) };
	const first = selector => { // that is to be seen: a page may hold the same link for a phone and for a desk
		const e = [...document.querySelectorAll(selector)].find(e =>
			e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0);
		return e ?? later(selector + " is not to be seen");
	};
	if (window.e2eLeaving) return {later: "the page is being left, and no other comes"};
	if (document.readyState !== "complete") return {later: "the page does not finish loading"};
	try {
		return {answer: (%s)(...%s) ?? null};
	} catch (e) {
		if (e instanceof Later) return {later: e.message};
		throw e;
	}
})()`

// byAPerson has the browser take what a question does for a person's doing.
func byAPerson(p *runtime.EvaluateParams) {
	yes := true
	p.UserGesture, p.ReturnByValue = &yes, &yes
}

// expression is a question, a JavaScript function of the arguments, as the page is asked it.
func expression(question string, args ...any) (string, error) {
	quoted, err := json.Marshal(append([]any{}, args...))
	return fmt.Sprintf(inPage, question, quoted), err
}

// answer asks until there is an answer, or patience ends. While the browser goes
// from one page to the next there is nobody to answer, which is not a no. A
// question that throws is wrong, and is not asked again.
func answer[T any](p *page, question string, args ...any) (T, error) {
	var reply struct {
		Answer T
		Later  string
	}
	ask, err := expression(question, args...)
	if err != nil {
		return reply.Answer, err
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var exception *chromedp.ExceptionError
	for {
		raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](ask, byAPerson))
		switch {
		case errors.As(err, &exception):
			return reply.Answer, err
		case err != nil:
			reply.Later = "nobody answers: " + err.Error()
		default:
			reply.Later = ""
			if err := json.Unmarshal(raw, &reply); err != nil || reply.Later == "" {
				return reply.Answer, err
			}
		}
		select {
		case <-ctx.Done():
			return reply.Answer, errors.New(reply.Later)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ask is answer for a test that cannot go on without.
func ask[T any](p *page, what, question string, args ...any) T {
	p.t.Helper()
	v, err := answer[T](p, question, args...)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	return v
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

// settle waits until the browser has come to rest on a page.
func (p *page) settle() {
	p.t.Helper()
	ask[bool](p, "wait for the page", `() => true`)
}

// open goes to a path of the site, which must answer with success.
func (p *page) open(path string) {
	p.t.Helper()
	p.settle() // what was pressed before must not be given up on the way
	response, err := run(p, chromedp.NavigateResponse(p.base+path))
	if err != nil {
		p.t.Fatalf("open %s: %v", path, err)
	}
	if response != nil && response.Status >= 400 {
		p.t.Fatalf("open %s: status %d", path, response.Status)
	}
}

// see waits until such a thing is to be seen.
func (p *page) see(selector string) {
	p.t.Helper()
	ask[bool](p, "see", `selector => first(selector) !== null`, selector)
}

// seeText waits until the page shows a text, anywhere.
func (p *page) seeText(text string) {
	p.t.Helper()
	ask[bool](p, "see", `text => document.body.innerText.includes(text) || later(text + " is not to be read")`, text)
}

// gone waits until there is no such thing.
func (p *page) gone(selector string) {
	p.t.Helper()
	ask[bool](p, "gone", `selector => document.querySelector(selector) === null || later(selector + " is still there")`, selector)
}

// until waits for a JavaScript expression to become true.
func (p *page) until(expression string) {
	p.t.Helper()
	ask[bool](p, expression, `() => Boolean(`+expression+`) || later("it did not come true")`)
}

// eval is the value of a JavaScript expression in the page.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	return ask[T](p, expression, `() => `+expression)
}

// press does what a finger would to the first such thing: brings it to the
// middle, since bars lie over the edges, meets it there (while one page fades
// into the next, or under a sheet, it would not), takes the focus along and
// clicks. A touch sent from outside takes several steps, with time in between
// for the page to change under it or for a tap to become a long press.
func (p *page) press(selector string) {
	p.t.Helper()
	p.presses++
	ask[bool](p, "press", `(selector, press) => {
		if (sessionStorage.e2ePress === press) return true; // it was, and its answer was lost with its page
		const e = first(selector);
		e.scrollIntoView({block: "center", behavior: "instant"});
		const met = () => {
			const r = e.getBoundingClientRect();
			return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2));
		};
		if (!met()) later("something lies over " + selector);
		if (!e.contains(document.activeElement)) document.activeElement?.blur();
		e.focus({preventScroll: true});
		if (!met()) later(selector + " goes away when it is touched");
		sessionStorage.e2ePress = press;
		e.click();
		return true;
	}`, selector, fmt.Sprintf("%d of %p", p.presses, p))
}

// keys types to whatever has the focus.
func (p *page) keys(text string) {
	p.t.Helper()
	p.settle()
	p.do(chromedp.KeyEvent(text))
}

// fill replaces what a field holds, key by key, as a person types, and once more
// should the page have put another field in its place meanwhile.
func (p *page) fill(selector, text string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		ask[bool](p, "fill", `selector => {
			const e = first(selector);
			e.focus();
			e.select();
			window.e2eField = e;
			return true;
		}`, selector)
		p.keys(text) // over what is selected
		held := ask[string](p, "fill", `() => window.e2eField?.isConnected ? window.e2eField.value : ""`)
		if held == text {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("fill %s: it holds %q, want %q", selector, held, text)
		}
	}
}

// choose takes an option of a list, as a person would with the arrow keys.
func (p *page) choose(selector, value string) {
	p.t.Helper()
	ask[bool](p, "choose", `(selector, value) => {
		const e = first(selector);
		e.value = value;
		if (e.value !== value) later(selector + " has no option " + value);
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	}`, selector, value)
}

// attach puts a file into a form.
func (p *page) attach(selector, path string) {
	p.t.Helper()
	p.see(selector)
	field, err := run(p, chromedp.Evaluate[*runtime.RemoteObject](fmt.Sprintf("document.querySelector(%q)", selector)))
	if err == nil {
		_, err = run(p, func(ctx context.Context, tab *chromedp.Target) (cdp.Empty, error) {
			return cdp.Call(ctx, tab, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, ObjectID: field.ObjectID})
		})
	}
	if err != nil {
		p.t.Fatalf("attach %s: %v", path, err)
	}
	ask[bool](p, "attach", `selector => first(selector).files.length === 1 || later(selector + " holds no file")`, selector)
}

// read is the text of the first such thing.
func (p *page) read(selector string) string {
	p.t.Helper()
	return strings.TrimSpace(ask[string](p, "read", `selector => first(selector).innerText`, selector))
}

// id is the id of the first such thing to be seen.
func (p *page) id(selector string) string {
	p.t.Helper()
	return ask[string](p, "id", `selector => first(selector).id`, selector)
}

// where is the path and query the browser is at.
func (p *page) where() string {
	p.t.Helper()
	return strings.TrimPrefix(ask[string](p, "where", `() => location.href`), p.base)
}

// tooWide names the elements that stick out to the right, so that the page
// could be pushed sideways.
func (p *page) tooWide() []string {
	p.t.Helper()
	return ask[[]string](p, "measure", `width => {
		const root = document.documentElement;
		if (Math.max(root.scrollWidth, document.body.scrollWidth) <= width) return [];
		const out = [...document.body.querySelectorAll("*")]
			.filter(e => e.getBoundingClientRect().right > width + 0.5)
			.map(e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " to " + Math.round(e.getBoundingClientRect().right));
		return out.length ? out.slice(0, 8) : ["the page is " + root.scrollWidth + " wide"];
	}`, p.device.width)
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
