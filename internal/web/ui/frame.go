package ui

import (
	"context"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/i18n"
)

// Frame is what the components need to know about the reader and the request.
// Package web puts one into every request's context.
type Frame struct {
	Theme  string // "light", "dark"; empty: as the device says
	Path   string // of the request, to mark where one is
	Search string // what the search box shows

	Now  time.Time
	Zone *time.Location // the clock on the reader's wall

	User *User // nil: nobody is signed in
	Nav  []NavItem
	Add  string // address of the form for a new customer; empty: may not

	Toasts []Toast // what just happened
}

// User is who is signed in.
type User struct {
	Name  string
	Role  string // in words
	Place string // the store, or how far they see, in words
}

// NavItem is a section of the program.
type NavItem struct {
	Label string
	Icon  string
	Href  string
	Key   string // pressed after g
	Dock  bool   // also in the bar at the bottom of a phone
}

type frameKey struct{}

// With returns a context with the frame.
func With(ctx context.Context, f *Frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

// From is the frame of the context; never nil.
func From(ctx context.Context) *Frame {
	if f, ok := ctx.Value(frameKey{}).(*Frame); ok {
		return f
	}
	return &Frame{Zone: time.UTC}
}

// Today is the reader's day, as YYYY-MM-DD.
func (f *Frame) Today() string { return f.Now.In(f.Zone).Format(time.DateOnly) }

// current reports whether the item's section is the one shown.
func (f *Frame) current(href string) bool {
	return href != "" && (f.Path == href || strings.HasPrefix(f.Path, href+"/"))
}

// currentAttr is the value of aria-current.
func currentAttr(yes bool) string {
	if yes {
		return "page"
	}
	return "false"
}

// Tone is what a thing means; it decides the colour and never stands alone.
type Tone string

// The tones. The zero Tone is plain.
const (
	Plain   Tone = ""
	Primary Tone = "primary"
	Gold    Tone = "gold"
	Info    Tone = "info"
	Success Tone = "success"
	Warning Tone = "warning"
	Danger  Tone = "error"
)

// Toast says what just happened, and offers to take it back.
type Toast struct {
	Tone Tone
	Text string
	Undo string // where to POST to take it back; empty: cannot be
}

// Moment is an instant of the story with its place in the reader's zone.
func moment(ctx context.Context, t time.Time) string {
	f := From(ctx)
	return i18n.From(ctx).Ago(t, f.Now, f.Zone)
}
