package main

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/id"
)

// table is the rows of a table, in the order of its primary key.
type table struct {
	name    string
	columns []string
	rows    func(put func(row ...any) bool)
}

func (w *world) tables() []table {
	return []table{
		{"product", []string{"id", "sku", "name", "category"}, w.productRows},
		{"customer", []string{
			"customer_id", "name", "gender", "birth_calendar", "birth_year", "birth_month", "birth_day", "birth_leap", "birth_key",
			"card_no", "store_id", "owner_id", "origin", "vip", "completeness", "version", "created_at", "updated_at",
		}, w.customerRows},
		{"contact", []string{"customer_id", "id", "kind", "value", "label", "main"}, w.contactRows},
		{"contact_key", []string{"kind", "value", "customer_id"}, w.contactKeyRows},
		{"search_term", []string{"term", "customer_id", "store_id", "owner_id"}, w.termRows},
		{"fact", []string{"customer_id", "id", "field", "value", "status", "noted_by", "noted_at", "source", "current"}, w.factRows},
		{"note", []string{"customer_id", "id", "body", "staff_id", "at"}, w.noteRows},
		{"consent", []string{"customer_id", "id", "purpose", "channel", "granted", "source", "wording", "staff_id", "at"}, w.consentRows},
		{"receipt_key", []string{"number", "store_id", "customer_id", "receipt_id", "digest"}, w.receiptKeyRows},
		{"receipt", []string{"customer_id", "id", "store_id", "number", "kind", "sold_at", "day", "staff_id", "currency", "net", "lines"}, w.receiptRows},
		{"receipt_line", []string{"customer_id", "receipt_id", "line", "product_id", "quantity", "unit_price", "amount"}, w.lineRows},
		{"delivery", []string{"customer_id", "id", "receipt_id", "promised_on", "delivered_on", "what"}, w.deliveryRows},
		{"timeline", []string{"customer_id", "at", "id", "kind", "store_id", "staff_id", "data"}, w.timelineRows},
	}
}

func (w *world) productRows(put func(...any) bool) {
	list := slices.Clone(w.products)
	slices.SortFunc(list, func(a, b product) int { return cmp.Compare(a.id, b.id) })
	for _, p := range list {
		if !put(p.id, p.sku, p.name, p.group) {
			return
		}
	}
}

func (w *world) storeID(s int) int64 { return int64(w.stores[s].ID) }

func (w *world) customerRows(put func(...any) bool) {
	for i := range w.customers {
		p := w.file(i)
		for _, r := range w.draft(i) {
			p.updated = max(p.updated, r.at)
		}
		if !put(p.id, p.name, string(p.gender), string(p.birth.Calendar), p.birth.Year, p.birth.Month, p.birth.Day, p.birth.Leap, p.birth.Key(),
			p.card, w.storeID(p.store), int64(p.owner), string(customer.OriginWalkIn), p.vip, w.complete[p.known()], p.version(), p.created, p.updated) {
			return
		}
	}
}

// version counts the edits: one for every note, set of answers and consent.
func (p person) version() int {
	v := 1
	for _, edited := range []bool{len(p.facts) > 0, p.consent != 0, p.note != 0} {
		if edited {
			v++
		}
	}
	return v
}

func (w *world) contactRows(put func(...any) bool) {
	for i := range w.customers {
		p := w.file(i)
		for k, c := range p.contacts {
			if !put(p.id, p.id+int64(k), string(c.Kind), c.Value, c.Label, c.Main) {
				return
			}
		}
	}
}

func (w *world) contactKeyRows(put func(...any) bool) {
	type key struct {
		kind, value string
		customer    int64
	}
	var list []key
	for i := range w.customers {
		p := w.file(i)
		for _, c := range p.contacts {
			list = append(list, key{string(c.Kind), c.Value, p.id})
		}
		if p.card != "" {
			list = append(list, key{"card", p.card, p.id})
		}
	}
	slices.SortFunc(list, func(a, b key) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.value, b.value)) })
	for _, k := range list {
		if !put(k.kind, k.value, k.customer) {
			return
		}
	}
}

// entryID is an id within a customer, of the instant and a small number.
func entryID(at int64, k int) int64 { return (at-epoch)<<22 | int64(k) }

func (w *world) factRows(put func(...any) bool) {
	for i := range w.customers {
		p := w.file(i)
		for k, f := range p.facts {
			if !put(p.id, entryID(f.at, k), f.field, f.value, "known", int64(p.owner), f.at, string(customer.FromTalk), true) {
				return
			}
		}
	}
}

const noteText = "试穿了一件，颜色合适，下次新款到了告诉她。"

func (w *world) noteRows(put func(...any) bool) {
	for i := range w.customers {
		if p := w.file(i); p.note != 0 && !put(p.id, entryID(p.note, 8), noteText, int64(p.owner), p.note) {
			return
		}
	}
}

func (w *world) consentRows(put func(...any) bool) {
	for i := range w.customers {
		if p := w.file(i); p.consent != 0 && !put(p.id, entryID(p.consent, 9), string(customer.ForCare), customer.AllChannels, true,
			string(customer.FromTalk), "", int64(p.owner), p.consent) {
			return
		}
	}
}

// idOf is file(i).id alone.
func (w *world) idOf(i int) int64 { return w.file(i).id }

func (w *world) receiptKeyRows(put func(...any) bool) {
	type key struct {
		number   uint64
		customer int64
		id       int64
		digest   int64
	}
	list := make([]key, 0, w.purchases)
	for _, r := range w.walkIns {
		list = append(list, key{r.key(w), r.customer, r.id, r.digest()})
	}
	for i := range w.customers {
		for _, r := range w.receipts(i, w.idOf(i)) {
			list = append(list, key{r.key(w), r.customer, r.id, r.digest()})
		}
	}
	slices.SortFunc(list, func(a, b key) int { return cmp.Compare(a.number, b.number) })
	for _, k := range list {
		number := strconv.FormatUint(k.number+1_000_000_000_000_000, 10)[1:]
		if !put(number, w.storeID(int(k.number/100_000_000_000)), k.customer, k.id, k.digest) {
			return
		}
	}
}

// eachReceipt calls f for every receipt, in the order of the primary key.
func (w *world) eachReceipt(f func(r *receipt) bool) {
	for i := range w.walkIns {
		if !f(&w.walkIns[i]) {
			return
		}
	}
	for i := range w.customers {
		for _, r := range w.receipts(i, w.idOf(i)) {
			if !f(&r) {
				return
			}
		}
	}
}

func (w *world) dayOf(r *receipt) string { return w.today.AddDays(r.day - history).String() }

func (w *world) receiptRows(put func(...any) bool) {
	w.eachReceipt(func(r *receipt) bool {
		return put(r.customer, r.id, w.storeID(r.store), r.number(w), r.kind(), r.at, w.dayOf(r), int64(r.staff), "CNY", r.net, r.n)
	})
}

func (w *world) lineRows(put func(...any) bool) {
	w.eachReceipt(func(r *receipt) bool {
		for k, l := range r.lines[:r.n] {
			if !put(r.customer, r.id, k+1, l.product.id, l.quantity, l.product.price*10_000, l.amount) {
				return false
			}
		}
		return true
	})
}

// delivery of one sale in fifty to a known customer.
type delivery struct {
	id              int64
	promised, done  string
	doneAt          int64
	what            string
	store, receipt_ int64
}

func (w *world) delivery(r *receipt) (v delivery, ok bool) {
	if r.customer < 0 || r.back || r.id/2%50 != 0 {
		return v, false
	}
	promised := r.day + 3 + int(r.id/100%20)
	v.promised = w.today.AddDays(promised - history).String()
	if promised < history {
		v.done, v.doneAt = v.promised, w.from+int64(promised)*24*int64(time.Hour/time.Millisecond)
	}
	v.id = int64(id.Derive[delivery](strconv.FormatInt(r.id, 10), v.promised))
	v.what, v.store, v.receipt_ = r.lines[0].product.name, w.storeID(r.store), r.id
	return v, true
}

func (w *world) deliveryRows(put func(...any) bool) {
	for i := range w.customers {
		c := w.idOf(i)
		var list []delivery
		for _, r := range w.receipts(i, c) {
			if v, ok := w.delivery(&r); ok {
				list = append(list, v)
			}
		}
		slices.SortFunc(list, func(a, b delivery) int { return cmp.Compare(a.id, b.id) })
		for _, v := range list {
			if !put(c, v.id, v.receipt_, v.promised, v.done, v.what) {
				return
			}
		}
	}
}

// entry is a line of the timeline.
type entry struct {
	at, id       int64
	kind         string
	store, staff int64
	data         string
}

func (w *world) timelineRows(put func(...any) bool) {
	for i := range w.customers {
		p := w.file(i)
		for _, e := range w.timeline(i, p) {
			if !put(p.id, e.at, e.id, e.kind, e.store, e.staff, e.data) {
				return
			}
		}
	}
}

func (w *world) timeline(i int, p person) []entry {
	store, owner := w.storeID(p.store), int64(p.owner)
	list := []entry{{p.created, p.id, "created", store, owner, `{"origin":"walk_in"}`}}
	if len(p.facts) > 0 {
		var fields []string
		for _, f := range p.facts {
			fields = append(fields, f.field)
		}
		data, err := json.Marshal(map[string]any{"fields": fields})
		if err != nil {
			panic(err) // strings can always be written
		}
		list = append(list, entry{p.facts[0].at, entryID(p.facts[0].at, 7), "fact", store, owner, string(data)})
	}
	if p.consent != 0 {
		list = append(list, entry{p.consent, entryID(p.consent, 9), "consent", store, owner, `{"channel":"all","granted":true,"purpose":"care"}`})
	}
	if p.note != 0 {
		list = append(list, entry{p.note, entryID(p.note, 8), "note", store, owner, `{"body":"` + noteText + `"}`})
	}
	for _, r := range w.receipts(i, p.id) {
		kind := "purchase"
		if r.back {
			kind = "return"
		}
		list = append(list, entry{
			r.at, r.id, kind, w.storeID(r.store), int64(r.staff),
			`{"currency":"CNY","lines":` + strconv.Itoa(r.n) + `,"net":"` + decimal(r.net) + `","number":"` + r.number(w) + `"}`,
		})
		if v, ok := w.delivery(&r); ok && v.done != "" {
			list = append(list, entry{v.doneAt, v.id, "delivery", v.store, 0, `{"gift":"","what":"` + v.what + `"}`})
		}
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id), cmp.Compare(a.kind, b.kind))
	})
	return list
}
