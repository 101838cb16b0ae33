package web

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// Page is what a handler answers with.
type Page struct {
	Title    string
	Body     templ.Component
	Fragment templ.Component // what htmx gets; nil: Body
	Form     *form.Form      // when something is wrong with it, the status is 422
	Search   string          // what was searched for, to stay in the search box
	Bare     bool            // without navigation
	Again    bool            // work goes on: reload where there is no script
	Status   int             // zero: 200, or 422 by Form
}

func (p Page) status() int {
	switch {
	case p.Status != 0:
		return p.Status
	case p.Form != nil && !p.Form.OK():
		return http.StatusUnprocessableEntity
	default:
		return http.StatusOK
	}
}

var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	zippers = sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a constant that exists
		return z
	}}
)

// Render writes the page, or its fragment when htmx asks for it. Nothing is
// written before all of it is rendered: a page is whole or an error page.
func Render(w http.ResponseWriter, r *http.Request, p Page) error {
	st := stateOf(r)
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if Fragment(r) {
		part := p.Fragment
		if part == nil {
			part = p.Body
		}
		if err := part.Render(r.Context(), buf); err != nil {
			return err
		}
		if err := ui.ToastsBeside(st.frame.Toasts).Render(r.Context(), buf); err != nil {
			return err
		}
	} else {
		st.frame.Search = p.Search
		st.takeToasts(w, r)
		sheet := ui.Sheet{Title: p.Title, Bare: p.Bare, Again: p.Again, Body: p.Body}
		if err := ui.Document(sheet).Render(r.Context(), buf); err != nil {
			return err
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	// Tablets on a shop floor are shared: nothing stays on them.
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "HX-Request, Accept-Encoding")
	write(w, r, p.status(), buf.Bytes())
	return nil
}

// write sends a body, compressed if the client takes it and it is worth it. That
// a reader has gone away in the meantime is no fault of ours.
func write(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	if len(body) < 1024 || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(w)
	_, _ = z.Write(body)
	_ = z.Close()
}

// Redirect sends the reader to another page of the site, after a POST above all.
func Redirect(w http.ResponseWriter, r *http.Request, path string) error {
	redirect(w, r, path)
	return nil
}

func redirect(w http.ResponseWriter, r *http.Request, path string) {
	stateOf(r).keepToasts(w)
	w.Header().Set("Cache-Control", "no-store")
	if Fragment(r) {
		w.Header().Set("HX-Redirect", path)
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
}

// Say shows a sentence on the page that comes next, this one or after a Redirect.
func Say(r *http.Request, tone ui.Tone, sentence string) {
	f := stateOf(r).frame
	f.Toasts = append(f.Toasts, ui.Toast{Tone: tone, Text: sentence})
}

// SayUndo is Say for something that can be taken back by a POST to undo.
func SayUndo(r *http.Request, sentence, undo string) {
	f := stateOf(r).frame
	f.Toasts = append(f.Toasts, ui.Toast{Tone: ui.Success, Text: sentence, Undo: undo})
}

// Sentences travel over a redirect in a cookie: no table, nothing to clean up.
const (
	toastCookie = "ricejar_said"
	toastBytes  = 3000
)

func (st *state) keepToasts(w http.ResponseWriter) {
	if len(st.frame.Toasts) == 0 {
		return
	}
	raw, err := json.Marshal(st.frame.Toasts)
	if err != nil || len(raw) > toastBytes {
		return // better silent than refused by the browser
	}
	http.SetCookie(w, st.site.cookie(toastCookie, base64.RawURLEncoding.EncodeToString(raw), time.Minute))
}

// takeToasts shows what was said before the redirect, once.
func (st *state) takeToasts(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie(toastCookie)
	if err != nil {
		return
	}
	gone := st.site.cookie(toastCookie, "", 0)
	gone.MaxAge = -1
	http.SetCookie(w, gone)
	var said []ui.Toast
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(raw, &said) != nil {
		return
	}
	for _, t := range said {
		if t.Undo != "" {
			t.Undo = Local(t.Undo, "")
		}
		st.frame.Toasts = append(st.frame.Toasts, t)
	}
}
