package purchase

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
)

// choose closes the receipts that are to be written now: all at the end, else
// those that have been without a new line the longest.
func (ri *receiptImport) choose(all bool) {
	ri.closed = ri.closed[:0]
	left := ri.lines
	for o := ri.old; o != nil && (left > keep || all); o = o.next {
		ri.closed = append(ri.closed, o)
		left -= len(o.lines)
	}
}

// written forgets the receipts of the chunk, once it is committed.
func (ri *receiptImport) written() {
	for _, o := range ri.closed {
		ri.unlink(o)
		delete(ri.open, o.key)
		ri.lines -= len(o.lines)
		if o == ri.last {
			ri.last = nil
		}
		ri.giveBack(o)
	}
	ri.closed = ri.closed[:0]
	for _, p := range ri.catalog.fresh {
		p.inTable, p.pending = true, false
	}
	ri.catalog.fresh = ri.catalog.fresh[:0]
}

// ruled is a closed receipt and what becomes of it.
type ruled struct {
	*openReceipt
	draft *draft
	key   *keyRow
	ruling
}

// rule works the closed receipts out and decides on each.
func (ri *receiptImport) rule(ctx context.Context, q db.Querier) ([]ruled, error) {
	list := make([]ruled, 0, len(ri.closed))
	numbers := make([]string, 0, len(ri.closed))
	for _, o := range ri.closed {
		if len(o.lines) == 0 {
			continue // no row of it could be read
		}
		d := &draft{soldAt: o.soldAt, lines: o.lines, delivers: o.delivers, parts: 1, missing: o.bad}
		d.Receipt = Receipt{ID: receiptID(o.store.ID, o.number), Store: o.store.ID, Number: o.number, SoldAt: db.Time(o.soldAt), Day: o.day,
			Staff: o.staff, Net: money.Amount{Currency: o.currency}, ImportID: ri.im.run.ID}
		d.sum()
		list = append(list, ruled{openReceipt: o, draft: d})
		numbers = append(numbers, o.number)
	}
	slices.Sort(numbers)
	found, err := findKeys(ctx, q, slices.Compact(numbers))
	if err != nil {
		return nil, err
	}
	type numbered struct {
		store  org.StoreID
		number string
	}
	byNumber := make(map[numbered]*keyRow, len(found))
	for i := range found {
		byNumber[numbered{found[i].store, found[i].number}] = &found[i]
	}
	var known []customer.ImportKey
	for i := range list {
		r := &list[i]
		if r.openReceipt.store.ID != 0 {
			r.key = byNumber[numbered{r.openReceipt.store.ID, r.number}]
		}
		if r.key != nil {
			known = append(known, r.who)
		}
	}
	owners := customer.NewMatcher()
	if err := owners.Load(ctx, q, known); err != nil {
		return nil, err
	}
	for i := range list {
		r := &list[i]
		same := r.key != nil && r.key.run == ri.im.run.ID && !ri.im.dry
		nameless := r.who == (customer.ImportKey{})
		byCard, byPhone := owners.Holders(r.who)
		if r.key != nil && (nameless && r.key.customer > 0 && !same && r.key.missing == 0 || !nameless && cmp.Or(byCard, byPhone) != r.key.customer) {
			r.ruling = ruling{verdict: differs} // it is another's
			continue
		}
		r.ruling, err = judge(r.key, told{r.draft.digest, r.draft.lines, r.bad, same}, func() (map[uint64]int, error) { return r.key.digests(ctx, q) })
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// outcome is what a chunk came to.
type outcome struct {
	counts   Counts
	problems []Problem
}

// tally counts what the rulings come to and lists what has to be listed.
func (ri *receiptImport) tally(list []ruled) (out outcome) {
	c := &out.counts
	for i := range list {
		r := &list[i]
		switch r.verdict {
		case record:
			c.Lines += r.draft.Lines
			c.addNet(r.currency, r.draft.Net.Minor)
			if ri.seen != nil { // dry run: a further part of a receipt that would be there
				if ri.seen[r.draft.ID] {
					continue
				}
				if len(ri.seen) < dryMemory {
					ri.seen[r.draft.ID] = true
				}
			}
			c.ReceiptsNew++
			if r.draft.Kind == Return {
				c.Returns++
			}
			if r.who == (customer.ImportKey{}) {
				c.WalkIns++
			}
			c.DeliveriesNew += len(r.delivers)
		case unchanged:
			c.ReceiptsUnchanged++
		case extend:
			if len(r.add) > 0 {
				c.Lines += len(r.add)
				if r.key.run != ri.im.run.ID {
					c.ReceiptsCompleted++
				}
				for _, n := range r.add {
					c.addNet(r.currency, r.openReceipt.lines[n].amount)
				}
			}
			for _, n := range r.list {
				out.problems = append(out.problems, r.problem(n, "import.line_again"))
			}
		case differs:
			c.ReceiptsDiffering++
			for n := range r.openReceipt.lines {
				out.problems = append(out.problems, r.problem(n, "import.receipt_differs"))
			}
		}
	}
	c.ProblemRows = len(out.problems)
	for code := range ri.unknown {
		c.UnknownStaff = append(c.UnknownStaff, code)
	}
	slices.Sort(c.UnknownStaff)
	return out
}

// problem lists the nth line of the receipt.
func (o *openReceipt) problem(n int, reason string) Problem {
	from := 0
	if n > 0 {
		from = o.rows[n-1].end
	}
	cells := bytes.Split(bytes.TrimSuffix(o.raw[from:o.rows[n].end], []byte{cellEnd}), []byte{cellEnd})
	p := Problem{Row: o.rows[n].row, Field: fieldReceipt, Reason: reason, Args: errs.Pairs("number", o.number)}
	for _, c := range cells {
		p.Cells = append(p.Cells, string(c))
	}
	return p
}

// look is write without writing: what a dry run does with a chunk.
func (ri *receiptImport) look(ctx context.Context) (outcome, error) {
	list, err := ri.rule(ctx, ri.im.s.DB)
	if err != nil {
		return outcome{}, err
	}
	out := ri.tally(list)
	rows, keys := whose(list)
	if err := ri.im.know(ctx, keys); err != nil {
		return outcome{}, err
	}
	out.settle(ri.im.people.Match(rows), list)
	for _, p := range ri.catalog.fresh {
		if !p.inTable {
			out.counts.ProductsNew++
		}
	}
	return out, nil
}

// write writes the chosen receipts and all that follows from them. It may be
// run again if the transaction fails, and changes nothing outside of it.
func (ri *receiptImport) write(ctx context.Context, tx *db.Tx) (outcome, error) {
	s := ri.im.s
	list, err := ri.rule(ctx, tx)
	if err != nil {
		return outcome{}, err
	}
	out := ri.tally(list)
	if out.counts.ProductsNew, err = writeProducts(ctx, tx, ri.catalog.fresh); err != nil {
		return outcome{}, err
	}
	if err := ri.assign(ctx, tx, list, &out); err != nil {
		return outcome{}, err
	}
	var drafts []*draft
	var touched []customer.ID
	for i := range list {
		switch r := &list[i]; r.verdict {
		case record:
			drafts = append(drafts, r.draft)
			touched = append(touched, r.draft.Customer)
		case extend:
			if err := ri.extend(ctx, tx, r); err != nil {
				return outcome{}, err
			}
			touched = append(touched, r.key.customer)
			fallthrough
		case unchanged:
			n, err := ri.deliveredSince(ctx, tx, r)
			if err != nil {
				return outcome{}, err
			}
			if out.counts.DeliveriesNew += n; n > 0 {
				touched = append(touched, r.key.customer)
			}
		}
	}
	if err := s.writeReceipts(ctx, tx, drafts); err != nil {
		return outcome{}, err
	}
	if err := s.refreshStats(ctx, tx, touched); err != nil {
		return outcome{}, err
	}
	// A file of a customer this import has touched before is at the top already.
	slices.Sort(touched)
	return out, s.Customers.TouchTx(ctx, tx, slices.Compact(touched), ri.im.run.CreatedAt)
}

// whose are the customers that receipts name: those of new ones, and of known
// ones where the file may tell a card or a phone that nobody knew.
func whose(list []ruled) (rows []customer.ImportRow, keys []customer.ImportKey) {
	for i := range list {
		if r := &list[i]; r.verdict == record && r.who != (customer.ImportKey{}) || r.verdict != differs && r.who.Both() {
			rows = append(rows, customer.ImportRow{ImportKey: r.who, Store: r.draft.Store})
			keys = append(keys, r.who)
		}
	}
	return rows, keys
}

// settle counts what came of the customers, and lists new receipts whose card or
// phone could not be taken over. They are their card's customer's all the same.
func (out *outcome) settle(m customer.Matched, list []ruled) {
	out.counts.CustomersNew += m.Opened
	out.counts.CustomersUpdated += m.Updated
	for i := range list {
		r := &list[i]
		clash := m.Clashes[r.who]
		if r.verdict != record || clash == "" {
			continue
		}
		p := r.problem(0, clash)
		if p.Field = fieldCustomer; clash == customer.PhoneOfAnother {
			p.Field = fieldPhone
		}
		out.problems = append(out.problems, p)
		out.counts.Remarks++
		delete(m.Clashes, r.who) // once is enough
	}
}

// assign says whose the new receipts are, opens files for customers nobody knew,
// and gives those who were known the cards and phones that are new.
func (ri *receiptImport) assign(ctx context.Context, tx *db.Tx, list []ruled, out *outcome) error {
	s := ri.im.s
	if rows, _ := whose(list); len(rows) > 0 {
		by := customer.Imported{ImportID: int64(ri.im.run.ID), Staff: ri.im.actor.ID()}
		m, err := s.Customers.MatchOrCreateTx(ctx, tx, by, rows)
		if err != nil {
			return err
		}
		if err := s.insertChanges(ctx, tx, ri.im.run.ID, m.Changed); err != nil {
			return err
		}
		out.settle(m, list)
		for i := range list {
			if r := &list[i]; r.verdict == record {
				r.draft.Customer = m.IDs[r.who]
			}
		}
	}
	for i := range list {
		if r := &list[i]; r.verdict == record && r.draft.Customer == 0 {
			r.draft.Customer = walkIn(r.draft.ID)
		}
	}
	return nil
}

func (ri *receiptImport) extend(ctx context.Context, tx *db.Tx, r *ruled) error {
	if len(r.add) == 0 && r.parts == r.key.parts && r.missing == r.key.missing {
		return nil
	}
	add := &draft{Receipt: r.draft.Receipt}
	for _, n := range r.add {
		add.lines = append(add.lines, r.openReceipt.lines[n])
	}
	return ri.im.s.appendLines(ctx, tx, *r.key, add, r.parts, r.missing)
}

// deliveredSince notes deliveries of a receipt that was recorded before them.
func (ri *receiptImport) deliveredSince(ctx context.Context, tx *db.Tx, r *ruled) (n int, err error) {
	for _, on := range r.delivers {
		v := Delivery{Customer: r.key.customer, ID: deliveryID(r.key.receipt, on), Receipt: r.key.receipt, DeliveredOn: on, What: r.draft.what()}
		isNew, err := ri.im.s.insertDelivery(ctx, tx, r.draft.Receipt, v, ri.im.run.ID)
		if err != nil {
			return n, err
		}
		if isNew {
			n++
		}
	}
	return n, nil
}
