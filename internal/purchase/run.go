package purchase

import (
	"encoding/json"
	"time"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// RunID identifies an import.
type RunID = id.Of[Run]

// FileKind is what a file holds.
type FileKind string

// The kinds of file that can be imported.
const (
	Receipts  FileKind = "receipts"
	Customers FileKind = "customers"
)

// RunState is where an import stands.
type RunState string

// The states. Only one import of a file is running or undoing at a time.
const (
	Waiting  RunState = "waiting"  // uploaded; its columns are to be looked at
	Checking RunState = "checking" // the dry run is under way
	Checked  RunState = "checked"  // the dry run is done
	Running  RunState = "running"
	Done     RunState = "done"
	Failed   RunState = "failed" // it may be run again, and goes on from its checkpoint
	Undoing  RunState = "undoing"
	Undone   RunState = "undone"
)

// Busy reports whether somebody is at work on it, or died at it.
func (s RunState) Busy() bool { return s == Checking || s == Running || s == Undoing }

// Options say how a file is to be understood. Map says which column tells a
// field: its header, or #3 for the third column.
type Options struct {
	Map       map[string]string `json:"map"`
	Store     string            `json:"store,omitempty"`    // code; where no column tells it
	Currency  money.Currency    `json:"currency,omitempty"` // empty: the store's
	Zone      string            `json:"tz,omitempty"`       // empty: the store's
	DateOrder DateOrder         `json:"date_order,omitempty"`
	Overwrite bool              `json:"overwrite,omitempty"` // customers: the file counts more than what is known

	Encoding  string `json:"encoding,omitempty"`
	Delimiter string `json:"delimiter,omitempty"`
	Sheet     string `json:"sheet,omitempty"`
}

// Counts is the report of an import, in numbers.
type Counts struct {
	Rows        int `json:"rows"`         // read, without the header and blank ones
	ProblemRows int `json:"problem_rows"` // listed, nothing of them taken
	Remarks     int `json:"remarks"`      // rows listed that were taken all the same: all but a card or a phone

	Lines             int `json:"lines"`              // written
	ReceiptsNew       int `json:"receipts_new"`       // written
	ReceiptsUnchanged int `json:"receipts_unchanged"` // known with the same content
	ReceiptsCompleted int `json:"receipts_completed"` // known, lines that were missing added
	ReceiptsDiffering int `json:"receipts_differing"` // known with other content: listed, left alone
	Returns           int `json:"returns"`            // of the new ones
	WalkIns           int `json:"walk_ins"`           // new receipts without a customer
	ProductsNew       int `json:"products_new"`
	DeliveriesNew     int `json:"deliveries_new"`

	CustomersNew       int `json:"customers_new"`
	CustomersUpdated   int `json:"customers_updated"`
	CustomersUnchanged int `json:"customers_unchanged"`

	Net          map[money.Currency]int64 `json:"net_minor,omitempty"` // of what was written
	UnknownStaff []string                 `json:"unknown_staff,omitempty"`

	Undone        int `json:"receipts_undone,omitempty"`
	CustomersGone int `json:"customers_gone,omitempty"` // closed again by undo
	CustomersKept int `json:"customers_kept,omitempty"` // something has happened to them since
}

// Changed reports whether anything was written.
func (c Counts) Changed() bool {
	return c.Lines+c.ReceiptsNew+c.ReceiptsCompleted+c.DeliveriesNew+c.CustomersNew+c.CustomersUpdated > 0
}

func (c *Counts) addNet(cur money.Currency, minor int64) {
	if c.Net == nil {
		c.Net = make(map[money.Currency]int64)
	}
	c.Net[cur] += minor
}

// Run is an import as it stands.
type Run struct {
	ID         RunID
	Kind       FileKind
	FileName   string
	FileHash   string
	FilePath   string
	Options    Options
	State      RunState
	Staff      org.StaffID
	LeasedBy   string
	LeasedTill time.Time
	Header     []string
	RowsDone   int64
	BytesDone  int64
	BytesAll   int64
	Counts     Counts
	Error      *errs.Error // of a failed run
	CreatedAt  time.Time
	FinishedAt time.Time

	checkpoint string
}

// Percent is how far a busy run has come, by the bytes of its file.
func (r Run) Percent() int {
	if r.BytesAll == 0 {
		return 0
	}
	return int(min(100, r.BytesDone*100/r.BytesAll))
}

// Problem is why a row, or a field of it, was not taken.
type Problem struct {
	Row    int       `json:"row"` // as the file counts; the header is row 1
	Field  string    `json:"field,omitempty"`
	Reason string    `json:"reason"` // translation key
	Args   errs.Args `json:"args,omitempty"`
	Cells  []string  `json:"cells,omitempty"`

	seq int // within the row
}

// problemOf takes the key of an error.
func problemOf(row int, field string, err error) (Problem, bool) {
	e, ok := asError(err)
	if !ok {
		return Problem{}, false
	}
	return Problem{Row: row, Field: field, Reason: e.Key, Args: e.Args}, true
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs of our own
	}
	return string(b)
}
