package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// site serves one page under the policy our own pages have.
func site(t *testing.T, status int, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:")
		switch r.URL.Path {
		case "/":
			w.WriteHeader(status)
			fmt.Fprintf(w, `<!doctype html><meta name="viewport" content="width=device-width, initial-scale=1">`+
				`<link rel="icon" href="data:,"><body>%s</body>`, body)
		case "/throws.js":
			fmt.Fprint(w, "throw new Error('out of rice')")
		case "/logs.js":
			fmt.Fprint(w, "console.error('jar is empty')")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestTheHarnessHearsWhatTheBrowserComplainsAbout(t *testing.T) {
	for _, tc := range []struct{ name, body, want string }{
		{"nothing", `<p>all is well</p>`, ""},
		{"an exception", `<script src="/throws.js"></script>`, "out of rice"},
		{"an error logged", `<script src="/logs.js"></script>`, "jar is empty"},
		{"a script in the page", `<script>let x = 1</script>`, "Content Security Policy"},
		{"a style in the page", `<p style="color:red">red</p>`, "Content Security Policy"},
		{"a missing file", `<script src="/gone.js"></script>`, "404"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := openTab(t, site(t, http.StatusOK, tc.body), onPhone)
			p.open("/")
			got := strings.Join(p.complained(), "\n")
			if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
				t.Errorf("heard %q, want something with %q", got, tc.want)
			}
		})
	}
}

func TestTheHarnessForgivesAFormWithMistakes(t *testing.T) {
	p := openTab(t, site(t, http.StatusUnprocessableEntity, ""), onDesktop)
	if _, err := run(p, chromedp.Navigate(p.base)); err != nil {
		t.Fatal(err)
	}
	for _, c := range p.complained() {
		if strings.Contains(c, "422") {
			t.Errorf("complains about %s", c)
		}
	}
}

func TestTheHarnessSeesAPageThatIsTooWide(t *testing.T) {
	p := openTab(t, site(t, http.StatusOK, `<img id="wide" width="500" height="10" alt="">`), onPhone)
	p.open("/")
	if got := strings.Join(p.tooWide(), " "); !strings.Contains(got, "img#wide") {
		t.Errorf("too wide: %q, want the image named", got)
	}
	p = openTab(t, site(t, http.StatusOK, `<img width="300" height="10" alt="">`), onPhone)
	p.open("/")
	if got := p.tooWide(); len(got) > 0 {
		t.Errorf("too wide: %v, want nothing", got)
	}
}
