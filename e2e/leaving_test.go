package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// hurdles is a site whose every page looks like the last one, so that only the
// number in its heading tells them apart, and which answers late.
func hurdles(t *testing.T) string {
	t.Helper()
	const late = 300 * time.Millisecond
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/go.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, `document.querySelector("#script").onclick = () => location.assign("/page?n=4");
				document.querySelector("#part").onclick = () => history.pushState({}, "", "?part");
				document.querySelector("#list").onchange = e => e.target.form.requestSubmit();
				document.querySelector("#prevented").onsubmit = e => e.preventDefault();`)
			return
		case "/file":
			time.Sleep(late)
			w.Header().Set("Content-Disposition", "attachment; filename=list.csv")
			fmt.Fprint(w, "a,b")
			return
		}
		if r.URL.Path == "/" {
			http.SetCookie(w, &http.Cookie{Name: "n", MaxAge: -1})
		}
		if r.Method == http.MethodPost { // and back to where one was
			time.Sleep(late)
			http.SetCookie(w, &http.Cookie{Name: "n", Value: "3"})
			http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
			return
		}
		n := r.FormValue("n")
		if n == "" {
			n = "1"
			if c, err := r.Cookie("n"); err == nil && r.URL.Path != "/" {
				n = c.Value
			}
		} else {
			time.Sleep(late)
		}
		fmt.Fprintf(w, `<!doctype html><link rel="icon" href="data:,"><h1>%s</h1><input name="word">
			<p><a id="link" href="/page?n=2">on</a> <button id="script">on</button> <button id="part">here</button>
			<a id="file" href="/file">a file</a> <a id="keep" href="/file" download>to keep</a> <a id="tab" href="/page?n=9" target="_blank">beside</a>
			<form id="same" method="post"><button>again</button></form>
			<form id="beside" target="_blank"><button name="n" value="9">beside</button></form>
			<form id="prevented"><button>nothing</button></form>
			<form><select id="list" name="n"><option>1<option>5</select></form>
			<dialog id="sheet"><form method="dialog"><button>close</button></form></dialog><button id="open" command="show-modal" commandfor="sheet">open</button>
			<script src="/go.js" defer></script>`, n)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestAPressIsFollowedToThePageItLeadsTo types into a field that the page being
// left has too: it is typed on the page that comes.
func TestAPressIsFollowedToThePageItLeadsTo(t *testing.T) {
	p := newPage(t, hurdles(t), onPhone)
	for _, tc := range []struct {
		name  string
		press func()
		want  string
	}{
		{"a link", func() { p.press("#link") }, "2"},
		{"a form that comes back to the same address", func() { p.press("#same button") }, "3"},
		{"a script", func() { p.press("#script") }, "4"},
		{"a choice", func() { p.choose("#list", "5") }, "5"},
		{"the Enter key", func() { eval[any](p, `document.querySelector("#link").focus()`); p.keys("\r") }, "2"},
		{"a part of the page", func() { p.press("#part") }, "1"},
		{"a file", func() { p.press("#file") }, "1"},
		{"a link to keep", func() { p.press("#keep") }, "1"},
		{"a new tab", func() { p.press("#tab") }, "1"},
		{"a form in a new tab", func() { p.press("#beside button") }, "1"},
		{"a form that a script takes", func() { p.press("#prevented button") }, "1"},
		{"a sheet that is closed", func() { p.press("#open"); p.press("#sheet button") }, "1"},
	} {
		p.open("/")
		p.open("/page")
		tc.press()
		p.fill("[name=word]", "rice")
		if got := p.read("h1"); got != tc.want {
			t.Errorf("%s: typed on page %s, want page %s", tc.name, got, tc.want)
		}
		if got := eval[string](p, `document.querySelector("[name=word]").value`); got != "rice" {
			t.Errorf("%s: the field holds %q", tc.name, got)
		}
	}
}

// TestAPageKnowsAtOnceThatItIsBeingLeft asks in the same breath: a moment later
// the browser may hold the question back until the next page has come.
func TestAPageKnowsAtOnceThatItIsBeingLeft(t *testing.T) {
	p := newPage(t, hurdles(t), onDesktop)
	for selector, want := range map[string]bool{
		"#link": true, "#same button": true, "#script": true, "#file": true,
		"#part": false, "#keep": false, "#tab": false, "#beside button": false, "#prevented button": false, "#sheet button": false,
	} {
		p.open("/page")
		left, err := run(p, chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q).click(), window.e2eLeaving === true`, selector)))
		if err != nil || left != want {
			t.Errorf("after a press on %s the page is being left: %t (%v), want %t", selector, left, err, want)
		}
	}
}
