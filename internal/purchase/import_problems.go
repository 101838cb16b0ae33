package purchase

import (
	"bytes"
	"context"
	"io"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/sheet"
)

// problemList collects what is wrong with the rows being read.
type problemList struct{ problems []Problem }

// take hands the problems over.
func (l *problemList) take() []Problem {
	list := l.problems
	l.problems = nil
	return list
}

// problem lists the row.
func (l *problemList) problem(r *sheet.Row, field, reason string, pairs ...any) {
	l.problems = append(l.problems, Problem{Row: r.No, Field: field, Reason: reason, Args: errs.Pairs(pairs...), Cells: r.Strings()})
}

// listed lists the row for an error.
func (l *problemList) listed(r *sheet.Row, field string, err error) {
	if p, ok := problemOf(r.No, field, err); ok {
		p.Cells = r.Strings()
		l.problems = append(l.problems, p)
	} else {
		l.problem(r, field, "error.field_invalid")
	}
}

// fault lists the row when the error is about its content, and returns it else.
func (l *problemList) fault(r *sheet.Row, field string, err error) error {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.NotFound, errs.Conflict, errs.Forbidden:
		l.listed(r, field, err)
		return nil
	}
	return err
}

func cellOf(r *sheet.Row, column int) []byte {
	if column < 0 || column >= len(r.Cells) {
		return nil
	}
	return bytes.TrimSpace(r.Cells[column])
}

// The columns that WriteProblems puts before the file's own.
const (
	rowColumn    = "ricejar_row"
	reasonColumn = "ricejar_reason"
)

// WriteProblems writes the rows of an import that were not taken as a file with
// the same columns, and two before them: the row in the file, and the reason in
// words. Mended, it can be imported as it is: the two columns are passed over.
// They come first so that a row with a cell too few or too many stays one. Whom
// the rows may not be shown gets no file.
func (s *Service) WriteProblems(ctx context.Context, actor org.Actor, run RunID, w io.Writer, format string, explain func(Problem) string) error {
	r, err := s.Run(ctx, actor, run)
	if err == nil && !r.ReadableBy(actor) {
		err = errRowsHidden
	}
	if err != nil {
		return err
	}
	if actor.ID() != r.Staff { // numbers in full, of a file somebody else has brought
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.audit(ctx, tx, actor, "import.problems", "import:"+r.ID.String(), map[string]any{"file": r.FileName})
		}); err != nil {
			return err
		}
	}
	out, err := sheet.NewWriter(w, format)
	if err != nil {
		return err
	}
	write := func(row, reason any, cells []string) error {
		list := append(make([]any, 0, len(cells)+2), row, reason)
		for _, c := range cells {
			list = append(list, c)
		}
		return out.Write(list...)
	}
	if err := write(rowColumn, reasonColumn, r.Header); err != nil {
		return err
	}
	var pending Problem
	reason := ""
	for p, err := range s.problems(ctx, run) {
		if err != nil {
			return err
		}
		if p.Row == pending.Row { // several things wrong with one row
			reason += "; " + explain(p)
			continue
		}
		if pending.Row != 0 {
			if err := write(pending.Row, reason, pending.Cells); err != nil {
				return err
			}
		}
		pending, reason = p, explain(p)
	}
	if pending.Row != 0 {
		if err := write(pending.Row, reason, pending.Cells); err != nil {
			return err
		}
	}
	return out.Close()
}
