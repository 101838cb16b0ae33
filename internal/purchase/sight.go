package purchase

import (
	"maps"
	"slices"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// The rows of a file hold phones and whatever else a till writes of people, in
// full and in any column. They are shown to whoever brought the file and to
// those who may see numbers in full. To others an import is its counts and, row
// by row, why something was not taken.

// ReadableBy reports whether the actor may read the file's rows.
func (r Run) ReadableBy(actor org.Actor) bool {
	return actor.May(org.CustomersReveal) || r.Staff != 0 && r.Staff == actor.ID()
}

// hiddenText stands for what a row says where the reader may not see it.
const hiddenText = "***"

// ours are the arguments of a reason that say what we expect, not what a row says.
var ours = []string{"choices", "currency", "max", "min"}

// hidden is the problem without what the row says.
func (p Problem) hidden() Problem {
	p.Cells = nil
	p.Args = maps.Clone(p.Args)
	for name, v := range p.Args {
		if _, text := v.(string); text && !slices.Contains(ours, name) {
			p.Args[name] = hiddenText
		}
	}
	return p
}

// hide takes out of a look what the rows say.
func (l *Look) hide() {
	l.Hidden, l.Sample, l.Preview = true, nil, nil
	for i, p := range l.Bad {
		l.Bad[i] = p.hidden()
	}
}

var errRowsHidden = errs.New(errs.Forbidden, "import.rows_hidden")
