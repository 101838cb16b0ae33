// Package static holds what pages need beside HTML: styles, script, icons, the
// logo. The sources lie in this folder; `npm run build` (build.mjs) makes dist/
// of them, which is embedded here and not committed.
package static

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// The whole folder is named, not dist alone, so that Go code can be compiled and
// tested before the assets are built; Check says what is missing.
//
//go:embed *
var files embed.FS

// ErrNotBuilt says that the program was compiled without its styles and scripts.
var ErrNotBuilt = errors.New("styles and scripts are not built into this program: run `make assets` (npm ci && npm run build), then build again")

type assets struct {
	hashed map[string]string // app.css → app-0123456789.css
	names  map[string]string // app-0123456789.css → app.css
	icons  map[string]string // phone → <path …/>
	err    error
}

var load = sync.OnceValue(func() assets { return read(files) })

func read(fsys fs.FS) (a assets) {
	raw, err := fs.ReadFile(fsys, "dist/manifest.json")
	if err != nil {
		a.err = ErrNotBuilt
		return a
	}
	if err := json.Unmarshal(raw, &a.hashed); err != nil {
		a.err = fmt.Errorf("dist/manifest.json: %w", err)
		return a
	}
	a.names = make(map[string]string, len(a.hashed))
	for name, hashed := range a.hashed {
		a.names[hashed] = name
	}
	a.icons, a.err = readIcons(fsys)
	return a
}

func readIcons(fsys fs.FS) (map[string]string, error) {
	packed, err := fs.ReadFile(fsys, "dist/icons.gz")
	if err != nil {
		return nil, ErrNotBuilt
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("dist/icons.gz: %w", err)
	}
	icons := make(map[string]string, 2200)
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		if name, inner, ok := strings.Cut(lines.Text(), "\t"); ok {
			icons[name] = inner
		}
	}
	return icons, lines.Err()
}

// Check is nil when the assets are there, else an error that says how to build them.
func Check() error { return load().err }

// URL is the address of an asset, with the hash of its content in it.
func URL(name string) string {
	if hashed, ok := load().hashed[name]; ok {
		return "/static/" + hashed
	}
	return "/static/" + name
}

// Icon is the inside of a lucide drawing of 24 by 24; ok is false when there is none of the name.
func Icon(name string) (inner string, ok bool) {
	inner, ok = load().icons[name]
	return inner, ok
}

// Handler serves the assets under /static/: for ever under a hashed name, for an
// hour under a plain one, compressed if the client takes it.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/static/")
		a := load()
		cache := "public, max-age=31536000, immutable"
		if hashed, plain := a.hashed[name]; plain {
			name, cache = hashed, "public, max-age=3600"
		} else if a.names[name] == "" {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", cache)
		h.Set("Content-Type", contentType(name))
		h.Set("Vary", "Accept-Encoding")
		accepted := r.Header.Get("Accept-Encoding")
		for _, c := range [...]struct{ coding, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
			if !strings.Contains(accepted, c.coding) {
				continue
			}
			if body, err := files.ReadFile("dist/" + name + c.ext); err == nil {
				h.Set("Content-Encoding", c.coding)
				write(w, r, body)
				return
			}
		}
		body, err := files.ReadFile("dist/" + name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		write(w, r, body)
	})
}

func write(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".webmanifest":
		return "application/manifest+json"
	default:
		return mime.TypeByExtension(ext)
	}
}
