package customer

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/text"
)

// ImportKey is what a row of a file tells about whose it is: a card, a phone,
// or both; the card counts first. The other fields are for a file that has to
// be opened.
type ImportKey struct {
	Card  string
	Phone phone.Number
	Name  string
}

// clean is the key as a file would hold it.
func (k ImportKey) clean() ImportKey {
	k.Card, k.Name = text.Line(k.Card), text.Line(k.Name)
	if name := []rune(k.Name); len(name) > maxName {
		k.Name = string(name[:maxName])
	}
	return k
}

// Both reports whether the key names a card and a phone: whoever has the one may
// learn the other.
func (k ImportKey) Both() bool { return k.Card != "" && k.Phone != "" }

// ImportRow is a row with the store whose customer they become if nobody knows them.
type ImportRow struct {
	ImportKey

	Store org.StoreID
}

// Why a card or phone of a row was not taken over into the file of its customer.
const (
	PhoneOfAnother = "customer.phone_of_another"
	HasOtherCard   = "customer.has_other_card"
)

// Matcher knows whose the cards and phones of a file's rows are: as the database
// has it, and as the rows before have settled it.
type Matcher struct {
	owners map[Kind]map[string]ID
	card   map[ID]string // of those of whom it matters: a person has one
}

// NewMatcher makes a matcher that knows nobody.
func NewMatcher() *Matcher {
	m := &Matcher{}
	m.Forget()
	return m
}

// Forget makes room: what is asked for next is looked up again.
func (m *Matcher) Forget() {
	m.owners, m.card = map[Kind]map[string]ID{card: {}, Phone: {}}, map[ID]string{}
}

// Len is how many cards and phones it knows.
func (m *Matcher) Len() int { return len(m.owners[card]) + len(m.owners[Phone]) }

// Load looks up the cards and phones of keys that it does not know yet.
func (m *Matcher) Load(ctx context.Context, q db.Querier, keys []ImportKey) error {
	fresh := map[Kind]map[string]ID{card: {}, Phone: {}}
	for _, k := range keys {
		k = k.clean()
		for kind, v := range map[Kind]string{card: k.Card, Phone: string(k.Phone)} {
			if _, known := m.owners[kind][v]; v != "" && !known {
				fresh[kind][v] = 0
			}
		}
	}
	for kind, values := range fresh {
		if err := lookUp(ctx, q, kind, values); err != nil {
			return err
		}
		maps.Copy(m.owners[kind], values)
	}
	var cards []ID // of those who may be given the card that a row names
	for _, k := range keys {
		if !k.Both() {
			continue
		}
		if byCard, byPhone := m.Holders(k); byCard == 0 && byPhone != 0 {
			if _, known := m.card[byPhone]; !known {
				m.card[byPhone] = ""
				cards = append(cards, byPhone)
			}
		}
	}
	for chunk := range slices.Chunk(cards, 200) {
		if err := db.Each(ctx, q, func(row db.Scanner) error {
			var c ID
			var no string
			err := row.Scan(&c, &no)
			m.card[c] = no
			return err
		}, `SELECT customer_id, card_no FROM customer WHERE customer_id IN (`+db.In(len(chunk))+`)`, db.Args(chunk)...); err != nil {
			return err
		}
	}
	return nil
}

// Holders are who has the card and who the phone of a key; 0: nobody.
func (m *Matcher) Holders(k ImportKey) (byCard, byPhone ID) { return m.holders(k.clean()) }

func (m *Matcher) holders(k ImportKey) (byCard, byPhone ID) {
	if k.Card != "" {
		byCard = m.owners[card][k.Card]
	}
	if k.Phone != "" {
		byPhone = m.owners[Phone][string(k.Phone)]
	}
	return byCard, byPhone
}

// Give makes the card and the phone of a key a customer's, where they are
// nobody's yet, and says which of them are theirs from now on. Of a second card
// or somebody else's phone it says why not.
func (m *Matcher) Give(c ID, k ImportKey) (given ImportKey, clash string) {
	return m.give(c, k.clean())
}

func (m *Matcher) give(c ID, k ImportKey) (given ImportKey, clash string) {
	byCard, byPhone := m.holders(k)
	switch {
	case k.Phone == "" || byPhone == c:
	case byPhone == 0:
		given.Phone, m.owners[Phone][string(k.Phone)] = k.Phone, c
	default:
		clash = PhoneOfAnother
	}
	switch {
	case k.Card == "" || byCard != 0:
	case m.card[c] == "":
		given.Card, m.owners[card][k.Card], m.card[c] = k.Card, c, k.Card
	default:
		clash = HasOtherCard
	}
	return given, clash
}

// Matched says whose the rows of a file are.
type Matched struct {
	IDs     map[ImportKey]ID     // of every key that has a card or a phone
	Opened  int                  // files of people nobody knew
	Updated int                  // known customers who have got a card or a phone
	Changed []Patched            // for undo: who has got one
	Clashes map[ImportKey]string // why a key's card or phone was not taken over

	fresh []newImport
	gifts []gift // in the order of their customers
}

// newImport is a file to be opened.
type newImport struct {
	id  ID
	key ImportKey
	org.StoreID
}

// gift is the card and the phones that a customer has got.
type gift struct {
	to     ID
	card   string
	phones []phone.Number
}

// Match settles whose the rows are, as far as Load has looked.
func (m *Matcher) Match(rows []ImportRow) Matched {
	out := Matched{IDs: make(map[ImportKey]ID, len(rows)), Clashes: map[ImportKey]string{}}
	opened, gifts := map[ID]bool{}, map[ID]*gift{}
	for _, row := range rows {
		k := row.clean()
		byCard, byPhone := m.holders(k)
		c := cmp.Or(byCard, byPhone)
		switch {
		case k.Card == "" && k.Phone == "":
			continue
		case c == 0:
			c = NewID()
			opened[c] = true
			out.fresh = append(out.fresh, newImport{c, k, row.Store})
			m.give(c, k)
		case k.Both():
			given, clash := m.give(c, k)
			if clash != "" {
				out.Clashes[row.ImportKey] = clash
			}
			if given != (ImportKey{}) {
				g := gifts[c]
				if g == nil {
					g = &gift{to: c}
					gifts[c] = g
				}
				if g.card = cmp.Or(g.card, given.Card); given.Phone != "" {
					g.phones = append(g.phones, given.Phone)
				}
			}
		}
		out.IDs[row.ImportKey] = c
	}
	out.Opened = len(out.fresh)
	for _, c := range slices.Sorted(maps.Keys(gifts)) { // in one order everywhere: they will be locked
		out.gifts = append(out.gifts, *gifts[c])
		if !opened[c] {
			out.Updated++
		}
	}
	return out
}

// Imported says which import opens files.
type Imported struct {
	ImportID int64
	Owner    org.StaffID
	Staff    org.StaffID // who ran it
}

// MatchOrCreateTx finds the customers of many rows and opens files for those
// nobody knows yet. A card that is new with a phone that is known goes to the
// one who has the phone, and the other way round: both are remembered, unless
// they are another's.
func (s *Service) MatchOrCreateTx(ctx context.Context, tx *db.Tx, by Imported, rows []ImportRow) (Matched, error) {
	m := NewMatcher()
	keys := make([]ImportKey, len(rows))
	for i, r := range rows {
		keys[i] = r.ImportKey
	}
	if err := m.Load(ctx, tx, keys); err != nil {
		return Matched{}, err
	}
	out := m.Match(rows)
	if len(out.fresh) > 0 {
		if err := s.createImported(ctx, tx, by, out.fresh); err != nil {
			return Matched{}, err
		}
	}
	for _, g := range out.gifts {
		p, err := s.receive(ctx, tx, by, g)
		if err != nil {
			return Matched{}, err
		}
		if p != nil {
			out.Changed = append(out.Changed, *p)
		}
	}
	return out, nil
}

// receive writes a gift into its customer's file. What somebody else has claimed
// since it was looked up is theirs.
func (s *Service) receive(ctx context.Context, tx *db.Tx, by Imported, g gift) (*Patched, error) {
	actor := org.System
	actor.Staff.ID = by.Staff
	before, err := s.lock(ctx, tx, actor, g.to)
	if err != nil {
		return nil, err
	}
	had, err := contacts(ctx, tx, g.to)
	if err != nil {
		return nil, err
	}
	after, has, p := before, slices.Clone(had), Patched{Customer: g.to, Before: patchable(before)}
	for _, n := range g.phones {
		if len(has) >= maxContacts {
			break
		}
		k := Contact{Kind: Phone, Value: string(n)}
		if free, err := claimFree(ctx, tx, g.to, Phone, k.Value); err != nil {
			return nil, err
		} else if free {
			has, p.Contacts = append(has, k), append(p.Contacts, k)
		}
	}
	if g.card != "" && before.Card == "" {
		free, err := claimFree(ctx, tx, g.to, card, g.card)
		if err != nil {
			return nil, err
		}
		if free {
			after.Card = g.card
		}
	}
	if p.After = patchable(after); p.Before == p.After && len(p.Contacts) == 0 {
		return nil, nil
	}
	p.Lines, err = told(ctx, tx, g.to, func() error { return s.put(ctx, tx, actor, before, after, had, has) })
	return &p, err
}

// claimFree takes a key for a customer if it is nobody's.
func claimFree(ctx context.Context, tx *db.Tx, c ID, kind Kind, value string) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO contact_key (kind, value, customer_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		string(kind), value, int64(c))
	return n == 1, err
}

// lookUp joins with the values instead of asking for value IN (…): PostgreSQL
// keeps the plan it made when the table was small, and compared every row with
// every value.
func lookUp(ctx context.Context, q db.Querier, kind Kind, m map[string]ID) error {
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(m)), 200) {
		args := append(db.Args(chunk), string(kind))
		err := db.Each(ctx, q, func(row db.Scanner) error {
			var v string
			var c ID
			err := row.Scan(&v, &c)
			m[v] = c
			return err
		}, `SELECT k.value, k.customer_id FROM (VALUES `+strings.Repeat("(?),", len(chunk)-1)+`(?)) AS v
			JOIN contact_key k ON k.kind = ? AND k.value = v.column1`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// createImported opens many files at once. If another transaction opened one of
// them meanwhile, the key is taken and the whole transaction ends with an error
// for which db.IsUnique holds: run it again.
func (s *Service) createImported(ctx context.Context, tx *db.Tx, by Imported, fresh []newImport) error {
	fields, err := loadFields(ctx, tx)
	if err != nil {
		return err
	}
	var heads []Customer
	var keyRows, contactRows, termRows [][]any
	var entries []Entry
	for _, n := range fresh {
		c := Customer{
			ID: n.id, Name: n.key.Name, Card: n.key.Card, StoreID: n.StoreID, OwnerID: by.Owner,
			Origin: OriginImport, ImportID: by.ImportID, Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
		}
		var has []Contact
		if c.Card != "" {
			keyRows = append(keyRows, []any{string(card), c.Card, int64(c.ID)})
		}
		if n.key.Phone != "" {
			has = []Contact{{Kind: Phone, Value: string(n.key.Phone), Main: true}}
			keyRows = append(keyRows, []any{string(Phone), string(n.key.Phone), int64(c.ID)})
			contactRows = append(contactRows, []any{int64(c.ID), int64(c.ID), string(Phone), string(n.key.Phone), "", true})
		}
		for _, t := range terms(c.Name, c.Card, has) {
			termRows = append(termRows, []any{t, int64(c.ID), int64(c.StoreID), int64(c.OwnerID)})
		}
		c.Completeness = completeness(fields, File{Customer: c, Contacts: has}.Known)
		heads = append(heads, c)
		entries = append(entries, Entry{
			Customer: c.ID, At: tx.Now(), Ref: int64(c.ID), Kind: EntryCreated, Store: c.StoreID,
			Staff: by.Staff, Data: map[string]any{"origin": string(OriginImport)},
		})
	}
	same := func(row []any) []any { return row }
	for _, b := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"contact_key", []string{"kind", "value", "customer_id"}, keyRows},
		{"contact", []string{"customer_id", "id", "kind", "value", "label", "main"}, contactRows},
		{"search_term", []string{"term", "customer_id", "store_id", "owner_id"}, termRows},
	} {
		if b.table == "contact" {
			if _, err := tx.Bulk(ctx, db.Bulk{Table: "customer", Columns: customerColumns}, db.Rows(heads, Customer.insertArgs)); err != nil {
				return err
			}
		}
		if _, err := tx.Bulk(ctx, db.Bulk{Table: b.table, Columns: b.columns}, db.Rows(b.rows, same)); err != nil {
			return err
		}
	}
	return s.BulkTimelineTx(ctx, tx, slices.Values(entries))
}
