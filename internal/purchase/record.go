package purchase

import (
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/once"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/text"
)

// NewReceipt is a receipt written by hand or sent by a till.
type NewReceipt struct {
	Store       org.StoreID
	Number      string // empty: one is made up; a till that may send twice gives its own
	SoldAt      time.Time
	Staff       org.StaffID
	Currency    money.Currency // empty: the store's
	Customer    customer.ID    // 0: a walk-in
	Lines       []NewLine
	DeliveredOn string // day; empty: nothing was delivered, or not yet
	Key         string // a form sent twice with the same key is one receipt, whatever the clock says the second time
}

// NewLine is a line of a new receipt. Without an Amount it is price × quantity.
type NewLine struct {
	SKU       string
	Name      string
	Category  string
	Quantity  money.Quantity
	UnitPrice money.Price
	Amount    *int64 // minor units
}

// Recorded is what Record did.
type Recorded struct {
	Receipt Receipt
	New     bool // false: it was recorded before, with the same content
}

// Limits of a receipt.
const (
	maxNumber = 64
	maxLines  = 20000
	maxText   = 400
	maxMinor  = 1_000_000_000_000_000 // of a line or receipt
	latest    = 48 * time.Hour        // how far ahead a till's clock may be
)

// Record writes one receipt. Recording the same again changes nothing; the same
// number with other content is a conflict.
func (s *Service) Record(ctx context.Context, actor org.Actor, in NewReceipt) (Recorded, error) {
	var out Recorded
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		out, err = s.RecordTx(ctx, tx, actor, in)
		return err
	})
	if db.IsUnique(err) { // another till was faster by a hair: look again
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			var err error
			out, err = s.RecordTx(ctx, tx, actor, in)
			return err
		})
	}
	return out, err
}

// RecordTx is Record within a transaction.
func (s *Service) RecordTx(ctx context.Context, tx *db.Tx, actor org.Actor, in NewReceipt) (Recorded, error) {
	var out Recorded
	made, again, err := once.Do(ctx, tx, requestKey(actor, "receipt", in.Key), func() (string, error) {
		var err error
		out, err = s.record(ctx, tx, actor, in)
		return marshal([]int64{int64(out.Receipt.Customer), int64(out.Receipt.ID)}), err
	})
	if err != nil || !again {
		return out, err
	}
	var ids [2]int64
	if err := json.Unmarshal([]byte(made), &ids); err != nil {
		return out, err
	}
	first, err := db.One(ctx, tx, scanReceipt, sqlOneReceipt, ids[0], ids[1])
	if isNoRows(err) {
		return out, errs.New(errs.NotFound, "purchase.not_found") // an import's undo took it
	}
	if err != nil {
		return out, err
	}
	if in.Number == "" {
		in.Number = first.Number
	}
	if in.SoldAt.Sub(first.SoldAt).Abs() < keyAge { // the clock has gone on since
		in.SoldAt = first.SoldAt
	}
	return s.record(ctx, tx, actor, in) // finds it, or says that it differs
}

// keyAge is how much later a form can be sent again, and mean the same moment.
const keyAge = time.Hour

// requestKey is a request's key among those of the actor for one kind of request.
func requestKey(actor org.Actor, what, key string) string {
	if key == "" {
		return ""
	}
	return actor.ID().String() + ":" + what + ":" + key
}

func (s *Service) record(ctx context.Context, tx *db.Tx, actor org.Actor, in NewReceipt) (Recorded, error) {
	d, err := s.draftOf(ctx, tx, actor, in)
	if err != nil {
		return Recorded{}, err
	}
	keys, err := findKeys(ctx, tx, []string{d.Number})
	if err != nil {
		return Recorded{}, err
	}
	for _, k := range keys {
		if k.store != d.Store {
			continue
		}
		if k.digest != d.digest || k.customer != d.Customer {
			return Recorded{}, errs.New(errs.Conflict, "purchase.receipt_differs", "number", d.Number)
		}
		r, err := db.One(ctx, tx, scanReceipt, sqlOneReceipt, int64(k.customer), int64(k.receipt))
		return Recorded{Receipt: r}, err
	}
	var products []*product
	for i := range d.lines {
		if p := d.lines[i].product; p != nil {
			products = append(products, p)
		}
	}
	if _, err := writeProducts(ctx, tx, products); err != nil {
		return Recorded{}, err
	}
	if err := s.writeReceipts(ctx, tx, []*draft{d}); err != nil {
		return Recorded{}, err
	}
	if err := s.refreshStats(ctx, tx, []customer.ID{d.Customer}); err != nil {
		return Recorded{}, err
	}
	if err := s.Customers.TouchTx(ctx, tx, []customer.ID{d.Customer}, tx.Now()); err != nil {
		return Recorded{}, err
	}
	for _, f := range s.onRecorded {
		if err := f(ctx, tx, d.Receipt); err != nil {
			return Recorded{}, err
		}
	}
	return Recorded{Receipt: d.Receipt, New: true}, nil
}

// draftOf checks a new receipt and works it out.
func (s *Service) draftOf(ctx context.Context, tx *db.Tx, actor org.Actor, in NewReceipt) (*draft, error) {
	st, err := s.Org.Store(ctx, in.Store)
	if err != nil {
		return nil, err
	}
	if !actor.Scope().AllowsStore(st.ID) {
		return nil, errs.New(errs.Forbidden, "purchase.store_out_of_reach", "store", st.Name)
	}
	if in.Customer != 0 {
		if err := s.Customers.ReachTx(ctx, tx, actor, in.Customer); err != nil {
			return nil, err
		}
	}
	var bad errs.Fields
	if in.Staff != 0 {
		_, err := db.One(ctx, tx, db.Value[org.StaffID], `SELECT id FROM staff WHERE id = ?`, int64(in.Staff))
		if isNoRows(err) {
			bad.Add("staff", "error.field_invalid")
		} else if err != nil {
			return nil, err
		}
	}
	number := text.Line(in.Number)
	if number == "" {
		number = "H" + id.New[Receipt]().String()
	}
	if tooLong(number, maxNumber) {
		bad.Add("number", "error.too_long", "max", maxNumber)
	}
	if in.Currency == "" {
		in.Currency = st.Currency
	}
	currency, err := money.ParseCurrency(string(in.Currency))
	bad.AddErr("currency", err)
	if in.SoldAt.IsZero() || in.SoldAt.After(s.Now().Add(latest)) || in.SoldAt.Year() < 1990 {
		bad.Add("sold_at", "purchase.date_impossible")
	}
	if len(in.Lines) == 0 || len(in.Lines) > maxLines {
		bad.Add("lines", "purchase.lines_wrong", "max", maxLines)
	}
	d := &draft{soldAt: db.Millis(in.SoldAt.Truncate(time.Millisecond)), parts: 1}
	d.Receipt = Receipt{ID: receiptID(st.ID, number), Store: st.ID, Number: number, Day: in.SoldAt.In(st.Location()).Format(time.DateOnly),
		SoldAt: db.Time(d.soldAt), Staff: in.Staff, Net: money.Amount{Currency: currency}, Customer: in.Customer}
	if in.Customer == 0 {
		d.Customer = walkIn(d.ID)
	}
	for i, l := range in.Lines {
		line, err := l.draft(currency)
		if err != nil {
			bad.AddErr("lines."+itoa(i+1), err)
			continue
		}
		d.lines = append(d.lines, line)
	}
	if in.DeliveredOn != "" {
		if !validDay(in.DeliveredOn) {
			bad.Add("delivered_on", "purchase.date_impossible")
		}
		d.delivers = []string{in.DeliveredOn}
	}
	if !d.sum() {
		bad.Add("lines", "money.too_large")
	}
	return d, bad.Err()
}

func (l NewLine) draft(c money.Currency) (draftLine, error) {
	name, sku, category := text.Line(l.Name), text.Line(l.SKU), text.Line(l.Category)
	if tooLong(sku, maxNumber) {
		return draftLine{}, errs.New(errs.Invalid, "error.too_long", "max", maxNumber)
	}
	if tooLong(name, maxText) || tooLong(category, maxText) {
		return draftLine{}, errs.New(errs.Invalid, "error.too_long", "max", maxText)
	}
	if l.Quantity == 0 {
		return draftLine{}, errs.New(errs.Invalid, "purchase.quantity_zero")
	}
	out := draftLine{quantity: int64(l.Quantity), price: int64(l.UnitPrice)}
	if l.Amount != nil {
		out.amount = *l.Amount
		if out.price == 0 {
			out.price = unitPrice(out.amount, out.quantity, c)
		}
	} else {
		var err error
		if out.amount, err = money.LineAmount(l.UnitPrice, l.Quantity, c); err != nil {
			return draftLine{}, err
		}
	}
	if !within(out.amount) || !within(out.quantity) {
		return draftLine{}, errs.New(errs.Invalid, "money.too_large")
	}
	switch {
	case sku != "":
		out.product = &product{id: productID(sku), sku: sku, name: name, category: category}
		out.text = name // the product may be known under another name
	case name != "":
		out.text = name
	}
	return out, nil
}

// unitPrice is what one piece cost, in millionths, when only the amount was told.
func unitPrice(amount, quantity int64, c money.Currency) int64 {
	scale := int64(1000)
	for range 6 - c.Digits() {
		scale *= 10
	}
	if quantity == 0 || amount > (1<<62)/scale || amount < -(1<<62)/scale {
		return 0
	}
	return amount * scale / quantity
}

func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }

func validDay(d string) bool {
	t, err := time.Parse(time.DateOnly, d)
	return err == nil && t.Year() >= 1990 && t.Year() < 2200
}

// History is a page of a customer's receipts, the latest first, and where the
// next page begins: the zero cursor when this is the last.
func (s *Service) History(ctx context.Context, actor org.Actor, c customer.ID, after Cursor, limit int) ([]Receipt, Cursor, error) {
	if err := s.Customers.Reach(ctx, actor, c); err != nil {
		return nil, Cursor{}, err
	}
	query, args := `SELECT `+sqlReceiptColumns+` FROM receipt r WHERE r.customer_id = ?`, []any{int64(c)}
	if after != (Cursor{}) {
		query += ` AND (r.sold_at, r.id) < (?, ?)`
		args = append(args, after.SoldAt, int64(after.ID))
	}
	list, err := db.All(ctx, s.DB, scanReceipt, query+` ORDER BY r.sold_at DESC, r.id DESC LIMIT ?`, append(args, limit+1)...)
	if err != nil || len(list) <= limit {
		return list, Cursor{}, err
	}
	last := list[limit-1]
	return list[:limit], Cursor{db.Millis(last.SoldAt), last.ID}, nil
}

// Cursor is where a history continues: after this receipt.
type Cursor struct {
	SoldAt int64
	ID     ReceiptID
}

// Whole is a receipt with all that hangs on it.
type Whole struct {
	Receipt
	Items      []Line
	Deliveries []Delivery
}

// MainItem is what the receipt was about: its dearest line that has a name.
func (w Whole) MainItem() string {
	best, text := int64(-1), ""
	for _, l := range w.Items {
		if l.Text != "" && l.Amount.Minor > best {
			best, text = l.Amount.Minor, l.Text
		}
	}
	return text
}

// Receipt is one receipt of a customer.
func (s *Service) Receipt(ctx context.Context, actor org.Actor, c customer.ID, r ReceiptID) (Whole, error) {
	var w Whole
	if c > 0 {
		if err := s.Customers.Reach(ctx, actor, c); err != nil {
			return w, err
		}
	}
	head, err := db.One(ctx, s.DB, scanReceipt, sqlOneReceipt, int64(c), int64(r))
	if isNoRows(err) || err == nil && c < 0 && !actor.Scope().AllowsStore(head.Store) {
		return w, errs.New(errs.NotFound, "purchase.not_found")
	}
	if err != nil {
		return w, err
	}
	w.Receipt = head
	if w.Items, err = linesOf(ctx, s.DB, head); err != nil {
		return w, err
	}
	w.Deliveries, err = db.All(ctx, s.DB, scanDelivery(head.Net.Currency), sqlDeliveriesOfReceipt, int64(c), int64(r))
	return w, err
}

// FindByNumber finds receipts by the beginning of their number, within the
// actor's reach.
func (s *Service) FindByNumber(ctx context.Context, actor org.Actor, prefix string, limit int) ([]Receipt, error) {
	prefix = text.Line(prefix)
	if prefix == "" {
		return nil, nil
	}
	// One read more than needed: some may be out of reach.
	keys, err := db.All(ctx, s.DB, func(row db.Scanner) (k keyRow, err error) {
		err = row.Scan(&k.customer, &k.receipt)
		return k, err
	}, `SELECT customer_id, receipt_id FROM receipt_key WHERE number >= ? AND number < ? ORDER BY number, store_id LIMIT ?`,
		prefix, prefix+string(utf8.MaxRune), 4*limit)
	if err != nil {
		return nil, err
	}
	var list []Receipt
	for _, k := range keys {
		if len(list) == limit {
			break
		}
		if k.customer > 0 {
			if err := s.Customers.Reach(ctx, actor, k.customer); errs.Is(err, errs.NotFound) {
				continue
			} else if err != nil {
				return nil, err
			}
		}
		r, err := db.One(ctx, s.DB, scanReceipt, sqlOneReceipt, int64(k.customer), int64(k.receipt))
		if err != nil {
			return nil, err
		}
		if k.customer > 0 || actor.Scope().AllowsStore(r.Store) {
			list = append(list, r)
		}
	}
	return slices.Clip(list), nil
}
