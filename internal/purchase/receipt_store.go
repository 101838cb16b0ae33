package purchase

import (
	"cmp"
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// draft is a receipt about to be written.
type draft struct {
	Receipt
	soldAt   int64 // Receipt.SoldAt as stored
	quantity int64
	digest   int64
	parts    int
	missing  int
	lines    []draftLine
	delivers []string // days on which something was delivered
}

type draftLine struct {
	product  *product
	text     string // the till's words, "" where they are the product's name
	quantity int64
	price    int64
	amount   int64
}

func (l *draftLine) productID() ProductID {
	if l.product == nil {
		return 0
	}
	return l.product.id
}

// sum fills in what follows from the lines; it is false when they come to more
// than is kept of one receipt.
func (d *draft) sum() bool {
	var lines uint64
	fits := true
	d.Net.Minor, d.quantity = 0, 0
	for i := range d.lines {
		l := &d.lines[i]
		d.Net.Minor += l.amount
		d.quantity += l.quantity
		lines += lineDigest(l.productID(), money.Quantity(l.quantity), l.amount)
		fits = fits && within(d.Net.Minor) && within(d.quantity)
	}
	d.Kind = KindOf(money.Quantity(d.quantity), d.Net.Minor)
	d.Lines = len(d.lines)
	d.digest = receiptDigest(db.Time(d.soldAt), d.Net.Currency, lines)
	return fits
}

// within reports whether a sum is one that a receipt may come to.
func within(v int64) bool { return v <= maxMinor && v >= -maxMinor }

var (
	keyColumns     = []string{"number", "store_id", "customer_id", "receipt_id", "digest", "parts", "missing", "import_id"}
	receiptColumns = []string{"customer_id", "id", "store_id", "number", "kind", "sold_at", "day", "staff_id", "currency", "net", "lines", "import_id"}
	lineColumns    = []string{"customer_id", "receipt_id", "line", "product_id", "quantity", "unit_price", "amount", "text"}
)

// writeReceipts writes new receipts with all that hangs on them but the
// statistics. It sorts the drafts: rows that lie together are written together.
func (s *Service) writeReceipts(ctx context.Context, tx *db.Tx, drafts []*draft) error {
	slices.SortFunc(drafts, func(a, b *draft) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Store, b.Store))
	})
	key := make([]any, len(keyColumns))
	if _, err := tx.Bulk(ctx, db.Bulk{Table: "receipt_key", Columns: keyColumns}, func(yield func([]any, error) bool) {
		for _, d := range drafts {
			key[0], key[1], key[2], key[3], key[4] = d.Number, int64(d.Store), int64(d.Customer), int64(d.ID), d.digest
			key[5], key[6], key[7] = d.parts, d.missing, int64(d.ImportID)
			if !yield(key, nil) {
				return
			}
		}
	}); err != nil {
		return err
	}
	slices.SortFunc(drafts, func(a, b *draft) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.ID, b.ID))
	})
	row := make([]any, len(receiptColumns))
	if _, err := tx.Bulk(ctx, db.Bulk{Table: "receipt", Columns: receiptColumns}, func(yield func([]any, error) bool) {
		for _, d := range drafts {
			row[0], row[1], row[2], row[3] = int64(d.Customer), int64(d.ID), int64(d.Store), d.Number
			row[4], row[5], row[6], row[7] = string(d.Kind), d.soldAt, d.Day, int64(d.Staff)
			row[8], row[9], row[10], row[11] = string(d.Net.Currency), d.Net.Minor, d.Lines, int64(d.ImportID)
			if !yield(row, nil) {
				return
			}
		}
	}); err != nil {
		return err
	}
	if err := writeLines(ctx, tx, drafts, nil); err != nil {
		return err
	}
	if err := s.Customers.BulkTimelineTx(ctx, tx, func(yield func(customer.Entry) bool) {
		for _, d := range drafts {
			if !d.WalkIn() && !yield(d.entry()) {
				return
			}
		}
	}); err != nil {
		return err
	}
	return s.writeDeliveries(ctx, tx, drafts)
}

// writeLines writes the lines of the drafts; first, when given, is the number
// of each one's first line, else 1.
func writeLines(ctx context.Context, tx *db.Tx, drafts []*draft, first func(*draft) int) error {
	row := make([]any, len(lineColumns))
	_, err := tx.Bulk(ctx, db.Bulk{Table: "receipt_line", Columns: lineColumns}, func(yield func([]any, error) bool) {
		for _, d := range drafts {
			n := 1
			if first != nil {
				n = first(d)
			}
			row[0], row[1] = int64(d.Customer), int64(d.ID)
			for i := range d.lines {
				l := &d.lines[i]
				row[2], row[3], row[4], row[5], row[6], row[7] = n+i, int64(l.productID()), l.quantity, l.price, l.amount, nil
				if l.text != "" {
					row[7] = l.text
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	})
	return err
}

// The lines of the timeline that purchases make.
const (
	EntryPurchase customer.EntryKind = "purchase"
	EntryReturn   customer.EntryKind = "return"
	EntryDelivery customer.EntryKind = "delivery"
)

func (r Receipt) entryKind() customer.EntryKind {
	if r.Kind == Return {
		return EntryReturn
	}
	return EntryPurchase
}

func (d *draft) entry() customer.Entry {
	return customer.Entry{Customer: d.Customer, At: db.Time(d.soldAt), Ref: int64(d.ID), Kind: d.entryKind(), Store: d.Store, Staff: d.Staff,
		Data: map[string]any{"number": d.Number, "net": d.Net.String(), "currency": string(d.Net.Currency), "lines": d.Lines}}
}

// keyRow is a row of receipt_key.
type keyRow struct {
	store    org.StoreID
	number   string
	customer customer.ID
	receipt  ReceiptID
	digest   int64
	parts    int
	missing  int
	run      RunID
}

// findKeys looks receipts up by number, in any store.
func findKeys(ctx context.Context, q db.Querier, numbers []string) ([]keyRow, error) {
	var list []keyRow
	for chunk := range slices.Chunk(numbers, 200) {
		err := db.Each(ctx, q, func(row db.Scanner) error {
			var k keyRow
			err := row.Scan(&k.number, &k.store, &k.customer, &k.receipt, &k.digest, &k.parts, &k.missing, &k.run)
			list = append(list, k)
			return err
		}, `SELECT number, store_id, customer_id, receipt_id, digest, parts, missing, import_id FROM receipt_key WHERE number IN (`+db.In(len(chunk))+`)`,
			db.Args(chunk)...)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

const sqlReceiptColumns = `r.customer_id, r.id, r.store_id, r.number, r.kind, r.sold_at, r.day, r.staff_id, r.currency, r.net, r.lines, r.import_id`

func scanReceipt(row db.Scanner) (r Receipt, err error) {
	var at int64
	err = row.Scan(&r.Customer, &r.ID, &r.Store, &r.Number, &r.Kind, &at, &r.Day, &r.Staff, &r.Net.Currency, &r.Net.Minor, &r.Lines, &r.ImportID)
	r.SoldAt = db.Time(at)
	return r, err
}

const sqlOneReceipt = `SELECT ` + sqlReceiptColumns + ` FROM receipt r WHERE r.customer_id = ? AND r.id = ?`

const sqlLines = `SELECT l.line, l.product_id, COALESCE(p.sku, ''), COALESCE(l.text, p.name, ''), l.quantity, l.unit_price, l.amount
	FROM receipt_line l LEFT JOIN product p ON p.id = l.product_id
	WHERE l.customer_id = ? AND l.receipt_id = ? ORDER BY l.line`

func linesOf(ctx context.Context, q db.Querier, r Receipt) ([]Line, error) {
	return db.All(ctx, q, func(row db.Scanner) (l Line, err error) {
		l.Amount.Currency = r.Net.Currency
		err = row.Scan(&l.Line, &l.Product, &l.SKU, &l.Text, &l.Quantity, &l.UnitPrice, &l.Amount.Minor)
		return l, err
	}, sqlLines, int64(r.Customer), int64(r.ID))
}

// digests counts the receipt's lines by their digests.
func (k keyRow) digests(ctx context.Context, q db.Querier) (map[uint64]int, error) {
	m := make(map[uint64]int)
	err := db.Each(ctx, q, func(row db.Scanner) error {
		var p ProductID
		var quantity money.Quantity
		var amount int64
		err := row.Scan(&p, &quantity, &amount)
		m[lineDigest(p, quantity, amount)]++
		return err
	}, `SELECT product_id, quantity, amount FROM receipt_line WHERE customer_id = ? AND receipt_id = ?`, int64(k.customer), int64(k.receipt))
	return m, err
}

// appendLines adds the draft's lines to a receipt that is recorded, and brings
// all that follows from them up to date but the statistics.
func (s *Service) appendLines(ctx context.Context, tx *db.Tx, k keyRow, add *draft, parts, missing int) error {
	r, err := db.One(ctx, tx, scanReceipt, sqlOneReceipt, int64(k.customer), int64(k.receipt))
	if err != nil {
		return err
	}
	last, err := db.One(ctx, tx, db.Value[int], `SELECT MAX(line) FROM receipt_line WHERE customer_id = ? AND receipt_id = ?`,
		int64(k.customer), int64(k.receipt))
	if err != nil {
		return err
	}
	add.Customer, add.ID = k.customer, k.receipt
	if len(add.lines) == 0 {
		return s.resumReceipt(ctx, tx, r, parts, missing)
	}
	if err := writeLines(ctx, tx, []*draft{add}, func(*draft) int { return last + 1 }); err != nil {
		return err
	}
	if r.ImportID != add.ImportID {
		if _, err := tx.Exec(ctx, `INSERT INTO receipt_addition (customer_id, receipt_id, first_line, lines, import_id) VALUES (?, ?, ?, ?, ?)`,
			int64(k.customer), int64(k.receipt), last+1, len(add.lines), int64(add.ImportID)); err != nil {
			return err
		}
	}
	return s.resumReceipt(ctx, tx, r, parts, missing)
}

// resumReceipt brings a receipt whose lines have changed up to date.
func (s *Service) resumReceipt(ctx context.Context, tx *db.Tx, r Receipt, parts, missing int) error {
	d := draft{Receipt: r, soldAt: db.Millis(r.SoldAt), parts: parts, missing: missing}
	err := db.Each(ctx, tx, func(row db.Scanner) error {
		var l draftLine
		var p ProductID
		err := row.Scan(&p, &l.quantity, &l.amount)
		l.product = &product{id: p}
		d.lines = append(d.lines, l)
		return err
	}, `SELECT product_id, quantity, amount FROM receipt_line WHERE customer_id = ? AND receipt_id = ?`, int64(r.Customer), int64(r.ID))
	if err != nil {
		return err
	}
	d.sum()
	if _, err := tx.Exec(ctx, `UPDATE receipt SET kind = ?, net = ?, lines = ? WHERE customer_id = ? AND id = ?`,
		string(d.Kind), d.Net.Minor, d.Lines, int64(r.Customer), int64(r.ID)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE receipt_key SET digest = ?, parts = ?, missing = ? WHERE number = ? AND store_id = ?`,
		d.digest, parts, missing, r.Number, int64(r.Store)); err != nil {
		return err
	}
	if r.WalkIn() {
		return nil
	}
	if err := s.Customers.RemoveTimelineTx(ctx, tx, r.Customer, r.SoldAt, int64(r.ID), r.entryKind()); err != nil {
		return err
	}
	return s.Customers.AppendTimelineTx(ctx, tx, d.entry())
}

func deliveryID(r ReceiptID, on string) DeliveryID { return id.Derive[Delivery](r.String(), on) }

// writeDeliveries notes the deliveries the drafts tell of; those noted already
// are left alone.
func (s *Service) writeDeliveries(ctx context.Context, tx *db.Tx, drafts []*draft) error {
	for _, d := range drafts {
		for _, on := range d.delivers {
			v := Delivery{Customer: d.Customer, ID: deliveryID(d.ID, on), Receipt: d.ID, DeliveredOn: on, What: d.what()}
			if _, err := s.insertDelivery(ctx, tx, d.Receipt, v, d.ImportID); err != nil {
				return err
			}
		}
	}
	return nil
}

// what is what a delivery of the receipt is called: the first thing on it.
func (d *draft) what() string {
	for i := range d.lines {
		if l := &d.lines[i]; l.text != "" {
			return l.text
		} else if l.product != nil && l.product.name != "" {
			return l.product.name
		}
	}
	return ""
}
