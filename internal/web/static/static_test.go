package static

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func get(path, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w
}

func TestAssetsAreServedForEverUnderTheHashOfTheirContent(t *testing.T) {
	if err := Check(); err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]string{
		"app.css": "text/css", "app.js": "text/javascript", "favicon.svg": "image/svg+xml",
		"ricejar.webmanifest": "application/manifest+json", "apple-touch-icon.png": "image/png",
	} {
		url := URL(name)
		if url == "/static/"+name {
			t.Errorf("%s has no hash in its address", name)
		}
		w := get(url, "")
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", url, w.Code, w.Header())
		}
		if plain := get("/static/"+name, ""); plain.Code != 200 || strings.Contains(plain.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s under its plain name: %d %v", name, plain.Code, plain.Header())
		}
	}
}

func TestAssetsAreCompressedForThoseWhoTakeIt(t *testing.T) {
	sizes := map[string]int{}
	for _, coding := range []string{"", "gzip", "gzip, deflate, br"} {
		w := get(URL("app.css"), coding)
		sizes[w.Header().Get("Content-Encoding")] = w.Body.Len()
	}
	if sizes["br"] == 0 || sizes["gzip"] == 0 || sizes["br"] >= sizes["gzip"] || sizes["gzip"]*3 > sizes[""] {
		t.Errorf("sizes by coding: %v", sizes)
	}
}

// TestAssetsStaySmall keeps the first page of a slow phone under its budget of
// 100 KB: styles and script together leave room for the page itself.
func TestAssetsStaySmall(t *testing.T) {
	const budget = 45 << 10
	if n := get(URL("app.css"), "gzip").Body.Len() + get(URL("app.js"), "gzip").Body.Len(); n > budget {
		t.Errorf("styles and script are %d bytes compressed, want at most %d", n, budget)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, path := range []string{"/static/", "/static/build.mjs", "/static/../static.go", "/static/dist/manifest.json", "/static/manifest.json", "/static/nothing.css"} {
		if w := get(path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
}

func TestWithoutABuildTheProgramSaysWhatToRun(t *testing.T) {
	a := read(fstest.MapFS{"app.css": {}})
	if !errors.Is(a.err, ErrNotBuilt) || !strings.Contains(a.err.Error(), "make assets") {
		t.Errorf("got %v", a.err)
	}
}

func TestIconsAreDrawings(t *testing.T) {
	if inner, ok := Icon("phone"); !ok || !strings.HasPrefix(inner, "<path") {
		t.Errorf("phone is %q", inner)
	}
	if _, ok := Icon("no-such-icon"); ok {
		t.Error("an icon nobody drew is found")
	}
}
