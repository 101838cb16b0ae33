package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Render makes each leaf component usable in pages and as a value.
func (c Icon) Render(ctx context.Context, w io.Writer) error     { return icon(c).Render(ctx, w) }
func (c Button) Render(ctx context.Context, w io.Writer) error   { return button(c).Render(ctx, w) }
func (c Badge) Render(ctx context.Context, w io.Writer) error    { return badge(c).Render(ctx, w) }
func (c Alert) Render(ctx context.Context, w io.Writer) error    { return alert(c).Render(ctx, w) }
func (c Avatar) Render(ctx context.Context, w io.Writer) error   { return avatar(c).Render(ctx, w) }
func (c Empty) Render(ctx context.Context, w io.Writer) error    { return empty(c).Render(ctx, w) }
func (c Crumbs) Render(ctx context.Context, w io.Writer) error   { return crumbs(c).Render(ctx, w) }
func (c Tabs) Render(ctx context.Context, w io.Writer) error     { return tabs(c).Render(ctx, w) }
func (c Steps) Render(ctx context.Context, w io.Writer) error    { return steps(c).Render(ctx, w) }
func (c Facts) Render(ctx context.Context, w io.Writer) error    { return facts(c).Render(ctx, w) }
func (c Stat) Render(ctx context.Context, w io.Writer) error     { return stat(c).Render(ctx, w) }
func (c Ring) Render(ctx context.Context, w io.Writer) error     { return ring(c).Render(ctx, w) }
func (c Progress) Render(ctx context.Context, w io.Writer) error { return progress(c).Render(ctx, w) }
func (c Phone) Render(ctx context.Context, w io.Writer) error    { return phone(c).Render(ctx, w) }
func (c Field) Render(ctx context.Context, w io.Writer) error    { return field(c).Render(ctx, w) }
func (c Choice) Render(ctx context.Context, w io.Writer) error   { return choice(c).Render(ctx, w) }
func (c Check) Render(ctx context.Context, w io.Writer) error    { return check(c).Render(ctx, w) }
func (c Search) Render(ctx context.Context, w io.Writer) error   { return search(c).Render(ctx, w) }
func (c Table) Render(ctx context.Context, w io.Writer) error    { return table(c).Render(ctx, w) }
func (c Pager) Render(ctx context.Context, w io.Writer) error    { return pager(c).Render(ctx, w) }
func (c Bars) Render(ctx context.Context, w io.Writer) error     { return bars(c).Render(ctx, w) }
func (c Curve) Render(ctx context.Context, w io.Writer) error    { return curve(c).Render(ctx, w) }
func (c Heat) Render(ctx context.Context, w io.Writer) error     { return heat(c).Render(ctx, w) }
func (c RowBars) Render(ctx context.Context, w io.Writer) error  { return rowBars(c).Render(ctx, w) }
func (c Fall) Render(ctx context.Context, w io.Writer) error     { return fall(c).Render(ctx, w) }
func (c Stacks) Render(ctx context.Context, w io.Writer) error   { return stacks(c).Render(ctx, w) }
func (c Flow) Render(ctx context.Context, w io.Writer) error     { return flow(c).Render(ctx, w) }
func (c Figures) Render(ctx context.Context, w io.Writer) error {
	return figuresTable(c).Render(ctx, w)
}
func (c Meaning) Render(ctx context.Context, w io.Writer) error { return meaning(c).Render(ctx, w) }
func (c Measure) Render(ctx context.Context, w io.Writer) error { return measure(c).Render(ctx, w) }
func (c Spark) Render(ctx context.Context, w io.Writer) error   { return spark(c).Render(ctx, w) }
func (c Story) Render(ctx context.Context, w io.Writer) error   { return story(c).Render(ctx, w) }
func (c Toast) Render(ctx context.Context, w io.Writer) error   { return toast(c).Render(ctx, w) }
func (c Problem) Render(ctx context.Context, w io.Writer) error { return problem(c).Render(ctx, w) }

// Text is a plain sentence where a component is wanted.
type Text string

// Render writes the text, escaped.
func (t Text) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, templ.EscapeString(string(t)))
	return err
}
