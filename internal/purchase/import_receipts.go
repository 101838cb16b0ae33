package purchase

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/sheet"
	"github.com/ricejar/ricejar/internal/text"
)

// The lines of a receipt need not stand together. Receipts stay open until
// window lines are open; then those that were longest without a new line are
// closed and written, until keep lines are left. A line that comes later still
// is added to its receipt as a further part. Few large transactions cost less
// than many small ones: each dirties pages all over the tables.
const (
	window = 48 << 10
	keep   = 8 << 10
)

// openReceipt is a receipt whose lines are being collected.
type openReceipt struct {
	key        string // store id, NUL, number
	store      *storeRef
	number     string
	firstRow   int
	bad        int // rows that could not be read
	soldAt     int64
	day        string
	staff      org.StaffID
	currency   money.Currency
	who        customer.ImportKey
	lines      []draftLine
	net        int64 // of the lines
	quantity   int64
	rows       []rowRef
	raw        []byte // the cells of its lines, should they have to be listed
	delivers   []string
	prev, next *openReceipt // by the time of the last line
}

// rowRef is where a line came from.
type rowRef struct{ row, end int } // its cells end at raw[end]

const cellEnd = 0x1F // no till writes it: the cells of raw are cut by it

// storeRef is a store with what its lines need.
type storeRef struct {
	org.Store
	clock clock
}

// receiptImport collects the rows of a file of receipts.
type receiptImport struct {
	im    *importing
	col   struct{ receipt, sku, product, quantity, soldAt, unitPrice, amount, customer, phone, name, staff, store, currency, category, delivered int }
	width int

	home     *storeRef // where no column tells the store
	stores   map[string]*storeRef
	staff    map[string]org.StaffID
	unknown  map[string]bool // staff codes nobody has
	catalog  *catalog
	open     map[string]*openReceipt
	old, new *openReceipt // the ends of the list by last line
	lines    int          // open
	last     *openReceipt // of the row before
	key      []byte
	spare    []*openReceipt
	closed   []*openReceipt // chosen for the chunk being written
	seen     map[ReceiptID]bool

	only  map[string]bool // while rows are read again after a break: the receipts that were open
	until int             // the last of these rows

	problemList
}

func newReceiptImport(ctx context.Context, im *importing, cols map[string]int) (*receiptImport, error) {
	ri := &receiptImport{im: im, stores: map[string]*storeRef{}, staff: map[string]org.StaffID{}, unknown: map[string]bool{},
		open: map[string]*openReceipt{}, width: len(im.reader.Header())}
	at := func(field string) int {
		if i, ok := cols[field]; ok {
			return i
		}
		return -1
	}
	c := &ri.col
	c.receipt, c.sku, c.product, c.quantity, c.soldAt = at(fieldReceipt), at(fieldSKU), at(fieldProduct), at(fieldQuantity), at(fieldSoldAt)
	c.unitPrice, c.amount, c.customer, c.phone, c.name = at(fieldUnitPrice), at(fieldAmount), at(fieldCustomer), at(fieldPhone), at(fieldName)
	c.staff, c.store, c.currency, c.category, c.delivered = at(fieldStaff), at(fieldStore), at(fieldCurrency), at(fieldCategory), at(fieldDeliveredOn)
	header := im.reader.Header()
	for _, alternatives := range [][]string{{fieldReceipt}, {fieldSoldAt}, {fieldUnitPrice, fieldAmount}} {
		if err := need(cols, header, alternatives...); err != nil {
			return nil, err
		}
	}
	if c.amount < 0 {
		if err := need(cols, header, fieldQuantity); err != nil {
			return nil, err
		}
	}
	if code := im.run.Options.Store; code != "" {
		var err error
		if ri.home, err = ri.storeRef(ctx, code); err != nil {
			return nil, err
		}
	} else if c.store < 0 {
		return nil, errs.New(errs.Invalid, "import.store_needed")
	}
	var err error
	ri.catalog, err = newCatalog(ctx, im.s.DB)
	if im.dry {
		ri.seen = map[ReceiptID]bool{}
	}
	return ri, err
}

// storeRef finds a store, or for the store the options name, makes it.
func (ri *receiptImport) storeRef(ctx context.Context, code string) (*storeRef, error) {
	if st := ri.stores[code]; st != nil {
		return st, nil
	}
	st, err := ri.im.store(ctx, code)
	if err != nil {
		return nil, err
	}
	if !ri.im.actor.Scope().AllowsStore(st.ID) && st.ID != 0 {
		return nil, errs.New(errs.Forbidden, "purchase.store_out_of_reach", "store", st.Name)
	}
	ref := &storeRef{Store: st, clock: clock{zone: st.Location(), order: ri.im.run.Options.DateOrder}}
	if ref.clock.order == "" && st.Currency == "USD" {
		ref.clock.order = MonthFirst
	}
	ri.stores[code] = ref
	return ref, nil
}

// reading is one row as understood.
type reading struct {
	line     draftLine
	soldAt   int64
	day      string
	currency money.Currency
	who      customer.ImportKey
	staff    org.StaffID

	delivered string
}

// row takes one row: into its receipt, or onto the list of problems.
func (ri *receiptImport) row(ctx context.Context, r *sheet.Row) error {
	if r.Fault != "" {
		ri.problem(r, "", r.Fault)
		return nil
	}
	if !ri.fits(r) {
		ri.problem(r, "", "import.ragged", "n", len(r.Cells), "want", ri.width)
		return nil
	}
	number := code(cellOf(r, ri.col.receipt))
	if len(number) == 0 {
		ri.problem(r, fieldReceipt, "import.no_number")
		return nil
	}
	if len(number) > maxNumber {
		ri.problem(r, fieldReceipt, "import.too_long", "max", maxNumber)
		return nil
	}
	st := ri.home
	if text := cellOf(r, ri.col.store); len(text) > 0 {
		var err error
		if st = ri.stores[string(text)]; st == nil {
			if st, err = ri.storeRef(ctx, string(text)); err != nil {
				return ri.fault(r, fieldStore, err)
			}
		}
	}
	if st == nil {
		ri.problem(r, fieldStore, "import.no_store")
		return nil
	}
	o := ri.last
	if o == nil || o.store != st || o.number != string(number) {
		ri.key = append(append(append(ri.key[:0], st.Code...), 0), number...)
		if ri.only != nil && !ri.only[string(ri.key)] {
			return nil // written before the break
		}
		if o = ri.open[string(ri.key)]; o == nil {
			o = ri.begin(r.No, st, number)
		} else if o != ri.new {
			ri.unlink(o)
			ri.link(o)
		}
		ri.last = o
	}
	if len(o.lines) >= maxLines {
		ri.problem(r, fieldReceipt, "import.receipt_too_long", "max", maxLines)
		o.bad++
		return nil
	}
	before := len(ri.problems)
	d, err := ri.read(ctx, r, o)
	if err != nil {
		return err
	}
	if len(ri.problems) > before {
		o.bad++
		return nil
	}
	if len(o.lines) == 0 {
		o.soldAt, o.day, o.currency, o.staff, o.who = d.soldAt, d.day, d.currency, d.staff, d.who
	} else if d.soldAt < o.soldAt {
		o.soldAt, o.day = d.soldAt, d.day
	}
	if d.delivered != "" && !slices.Contains(o.delivers, d.delivered) {
		o.delivers = append(o.delivers, d.delivered)
	}
	o.lines = append(o.lines, d.line)
	o.net += d.line.amount
	o.quantity += d.line.quantity
	ri.lines++
	for _, c := range r.Cells {
		o.raw = append(append(o.raw, c...), cellEnd)
	}
	o.rows = append(o.rows, rowRef{r.No, len(o.raw)})
	ri.im.understood(r.No, o, &d)
	return nil
}

// fits reports whether the row has as many cells as the header; empty ones too
// many do no harm, and a worksheet does not write the empty ones at the end.
func (ri *receiptImport) fits(r *sheet.Row) bool {
	n := len(r.Cells)
	for n > ri.width && len(bytes.TrimSpace(r.Cells[n-1])) == 0 {
		n--
	}
	return n == ri.width || n < ri.width && ri.im.reader.Format() == "xlsx"
}

// read understands the row as a line of o; what is wrong goes onto the list.
func (ri *receiptImport) read(ctx context.Context, r *sheet.Row, o *openReceipt) (d reading, err error) {
	var ok bool
	c := &ri.col
	if d.soldAt, d.day, ok = o.store.clock.read(cellOf(r, c.soldAt)); !ok {
		ri.problem(r, fieldSoldAt, "import.date_impossible", "value", text.Quote(string(cellOf(r, c.soldAt))))
	} else if d.soldAt > ri.im.latest {
		ri.problem(r, fieldSoldAt, "import.date_ahead", "value", text.Quote(string(cellOf(r, c.soldAt))))
	}
	d.currency = o.store.Currency
	if text := cellOf(r, c.currency); len(text) > 0 && string(text) != string(d.currency) {
		if d.currency, err = money.ParseCurrency(string(text)); err != nil {
			return d, ri.fault(r, fieldCurrency, err)
		}
	}
	if len(o.lines) > 0 && d.currency != o.currency {
		ri.problem(r, fieldCurrency, "import.two_currencies", "number", o.number)
	}
	ri.amounts(r, o, &d)
	if sku := code(cellOf(r, c.sku)); len(sku) > maxNumber {
		ri.problem(r, fieldSKU, "import.too_long", "max", maxNumber)
	} else {
		name := cellOf(r, c.product)
		if len(name) > maxText {
			name = []byte(strings.ToValidUTF8(string(name[:maxText]), ""))
		}
		if len(sku) > 0 {
			if d.line.product, err = ri.catalog.get(ctx, sku); err != nil {
				return d, err
			}
			d.line.text = ri.catalog.learn(d.line.product, name, cellOf(r, c.category))
		} else {
			d.line.text = string(name)
		}
	}
	if err := ri.whose(r, o, &d); err != nil {
		return d, err
	}
	if text := cellOf(r, c.staff); len(text) > 0 && len(o.lines) == 0 {
		if d.staff, err = ri.staffOf(ctx, string(code(text))); err != nil {
			return d, err
		}
	}
	if cell := cellOf(r, c.delivered); len(cell) > 0 {
		if on, ok := parseStamp(cell, o.store.clock.order); !ok {
			ri.problem(r, fieldDeliveredOn, "import.date_impossible", "value", text.Quote(string(cell)))
		} else {
			d.delivered = time.Date(on.year, time.Month(on.month), on.day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		}
	}
	return d, nil
}

// amounts reads quantity, price and amount; one of the latter two may be missing.
// What the line comes to fits into the receipt.
func (ri *receiptImport) amounts(r *sheet.Row, o *openReceipt, d *reading) {
	l, cur := &d.line, d.currency
	l.quantity = int64(money.One)
	before := len(ri.problems)
	if text := cellOf(r, ri.col.quantity); ri.col.quantity >= 0 {
		var ok bool
		if l.quantity, ok = decimal(text, 3); !ok {
			q, err := money.ParseQuantity(string(text))
			if err != nil {
				ri.listed(r, fieldQuantity, err)
			}
			l.quantity = int64(q)
		}
		if l.quantity == 0 && len(ri.problems) == before {
			ri.problem(r, fieldQuantity, "purchase.quantity_zero")
		}
	}
	price, amount := cellOf(r, ri.col.unitPrice), cellOf(r, ri.col.amount)
	if len(price) == 0 && len(amount) == 0 {
		field := fieldUnitPrice
		if ri.col.unitPrice < 0 {
			field = fieldAmount
		}
		ri.problem(r, field, "import.no_amount")
		return
	}
	if len(price) > 0 {
		var ok bool
		if l.price, ok = decimal(price, 6); !ok {
			p, err := money.ParsePrice(string(price), cur)
			if err != nil {
				ri.listed(r, fieldUnitPrice, err)
				return
			}
			l.price = int64(p)
		}
	}
	if len(ri.problems) > before {
		return
	}
	if len(amount) == 0 {
		var err error
		if l.amount, err = money.LineAmount(money.Price(l.price), money.Quantity(l.quantity), cur); err != nil {
			ri.listed(r, fieldUnitPrice, err)
		}
	} else {
		var ok bool
		if l.amount, ok = decimal(amount, cur.Digits()); !ok {
			a, err := money.Parse(string(amount), cur)
			if err != nil {
				ri.listed(r, fieldAmount, err)
				return
			}
			l.amount = a.Minor
		}
		if len(price) == 0 {
			l.price = unitPrice(l.amount, l.quantity, cur)
		}
		if l.price >= 0 && (l.amount < 0) != (l.quantity < 0) && l.amount != 0 {
			ri.problem(r, fieldAmount, "import.signs_differ")
		}
	}
	if !within(l.amount) || !within(l.quantity) || !within(o.net+l.amount) || !within(o.quantity+l.quantity) {
		ri.problem(r, fieldAmount, "money.too_large")
	}
}

// whose reads the customer of the row. The first row that names one settles
// whose the receipt is; another card or phone on a later row is a problem.
func (ri *receiptImport) whose(r *sheet.Row, o *openReceipt, d *reading) error {
	card, tel := code(cellOf(r, ri.col.customer)), code(cellOf(r, ri.col.phone))
	if len(card) == 0 && len(tel) == 0 {
		return nil
	}
	if len(o.lines) > 0 && string(card) == o.who.Card && len(tel) == 0 {
		return nil
	}
	var k customer.ImportKey
	if len(card) > 0 && !nobody[string(card)] {
		if k.Card = text.Line(string(card)); tooLong(k.Card, 40) {
			ri.problem(r, fieldCustomer, "import.too_long", "max", 40)
			return nil
		}
	}
	if len(tel) > 0 && !nobody[string(tel)] {
		n, err := phone.Parse(string(tel), customer.DefaultRegion)
		if err != nil {
			return ri.fault(r, fieldPhone, err)
		}
		k.Phone = n
	}
	if k == (customer.ImportKey{}) {
		return nil
	}
	if name := cellOf(r, ri.col.name); len(name) > 0 {
		k.Name = text.Line(string(name))
	}
	switch has := o.who; {
	case len(o.lines) == 0:
		d.who = k
	case has.Card != k.Card && has.Card != "" && k.Card != "" || has.Phone != k.Phone && has.Phone != "" && k.Phone != "":
		ri.problem(r, fieldCustomer, "import.two_customers", "number", o.number)
	default: // one row may tell the card, another the phone
		o.who = customer.ImportKey{Card: cmp.Or(has.Card, k.Card), Phone: cmp.Or(has.Phone, k.Phone), Name: cmp.Or(has.Name, k.Name)}
	}
	return nil
}

func (ri *receiptImport) staffOf(ctx context.Context, code string) (org.StaffID, error) {
	if who, ok := ri.staff[code]; ok {
		return who, nil
	}
	who, err := ri.im.s.Org.StaffByCode(ctx, code)
	if errs.Is(err, errs.NotFound) {
		ri.unknown[code], err = true, nil
	}
	if err == nil && len(ri.staff) < 10000 {
		ri.staff[code] = who.ID
	}
	return who.ID, err
}

// begin opens a receipt.
func (ri *receiptImport) begin(row int, st *storeRef, number []byte) *openReceipt {
	o := &openReceipt{}
	if n := len(ri.spare); n > 0 {
		o, ri.spare = ri.spare[n-1], ri.spare[:n-1]
	}
	o.key, o.store, o.number, o.firstRow, o.soldAt = string(ri.key), st, string(number), row, math.MaxInt64
	ri.open[o.key] = o
	ri.link(o)
	return o
}

// giveBack makes the memory of a written receipt available to another.
func (ri *receiptImport) giveBack(o *openReceipt) {
	if cap(o.lines) > 32 || cap(o.raw) > 4<<10 || len(ri.spare) > 5000 {
		return // or the pool would fill with the largest ones
	}
	clear(o.lines)
	*o = openReceipt{lines: o.lines[:0], rows: o.rows[:0], raw: o.raw[:0]}
	ri.spare = append(ri.spare, o)
}

func (ri *receiptImport) link(o *openReceipt) {
	o.prev, o.next = ri.new, nil
	if ri.new != nil {
		ri.new.next = o
	} else {
		ri.old = o
	}
	ri.new = o
}

func (ri *receiptImport) unlink(o *openReceipt) {
	if o.prev != nil {
		o.prev.next = o.next
	} else {
		ri.old = o.next
	}
	if o.next != nil {
		o.next.prev = o.prev
	} else {
		ri.new = o.prev
	}
}

func (ri *receiptImport) due() bool { return ri.lines >= window }

// position is the checkpoint of a file of receipts: up to which row the file has
// been read, and which receipts were open then, whose rows have to be read again.
type position struct {
	Row  int      `json:"row"`
	From int      `json:"from,omitempty"`
	Open []string `json:"open,omitempty"`
}

// checkpoint leaves out the receipts chosen for the chunk being written.
func (ri *receiptImport) checkpoint(row int) string {
	going := make(map[*openReceipt]bool, len(ri.closed))
	for _, o := range ri.closed {
		going[o] = true
	}
	p := position{Row: row}
	for o := ri.old; o != nil; o = o.next {
		if going[o] {
			continue
		}
		if p.Open = append(p.Open, o.key); p.From == 0 || o.firstRow < p.From {
			p.From = o.firstRow
		}
	}
	return marshal(p)
}

// resume says from which row on rows are wanted.
func (ri *receiptImport) resume(checkpoint string) (from int, err error) {
	var p position
	if err := json.Unmarshal([]byte(checkpoint), &p); err != nil {
		return 0, err
	}
	ri.until, ri.only = p.Row, make(map[string]bool, len(p.Open))
	for _, k := range p.Open {
		ri.only[k] = true
	}
	if p.From == 0 {
		return p.Row + 1, nil
	}
	return p.From, nil
}

// again reports whether the row was read before the break; it is counted and
// listed already.
func (ri *receiptImport) again(row int) bool {
	if ri.only != nil && row > ri.until {
		ri.only, ri.last = nil, nil
	}
	return ri.only != nil
}
