package customer

import (
	"context"
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

// Imported says which import opens files, and for which store.
type Imported struct {
	ImportID int64
	Store    org.StoreID
	Owner    org.StaffID
	Staff    org.StaffID // who ran it
}

// MatchOrCreateTx finds the customers of many rows and opens files for those
// nobody knows yet. The result holds an id for every key given that has a card
// or a phone. A card that is new with a phone that is known goes to the one
// who has the phone.
func (s *Service) MatchOrCreateTx(ctx context.Context, tx *db.Tx, by Imported, keys []ImportKey) (map[ImportKey]ID, int, error) {
	keys = slices.DeleteFunc(slices.Clone(keys), func(k ImportKey) bool { k = k.clean(); return k.Card == "" && k.Phone == "" })
	found, err := match(ctx, tx, keys)
	if err != nil {
		return nil, 0, err
	}
	var fresh []newImport
	byCard, byPhone := map[string]ID{}, map[phone.Number]ID{}
	for _, given := range keys {
		k, c := given.clean(), found[given]
		if c == 0 && k.Card != "" {
			c = byCard[k.Card]
		}
		if c == 0 && k.Phone != "" {
			c = byPhone[k.Phone]
		}
		if c == 0 {
			c = NewID()
			fresh = append(fresh, newImport{c, k})
		}
		found[given], byCard[k.Card], byPhone[k.Phone] = c, c, c
	}
	if len(fresh) == 0 {
		return found, 0, nil
	}
	return found, len(fresh), s.createImported(ctx, tx, by, fresh)
}

type newImport struct {
	id  ID
	key ImportKey
}

// match looks keys up, by card and then by phone.
func match(ctx context.Context, q db.Querier, keys []ImportKey) (map[ImportKey]ID, error) {
	byCard, byPhone := map[string]ID{}, map[string]ID{}
	for _, k := range keys {
		if k = k.clean(); k.Card != "" {
			byCard[k.Card] = 0
		}
		if k.Phone != "" {
			byPhone[string(k.Phone)] = 0
		}
	}
	for kind, m := range map[Kind]map[string]ID{card: byCard, Phone: byPhone} {
		if err := lookUp(ctx, q, kind, m); err != nil {
			return nil, err
		}
	}
	found := make(map[ImportKey]ID, len(keys))
	for _, given := range keys {
		k := given.clean()
		if c := byCard[k.Card]; k.Card != "" && c != 0 {
			found[given] = c
		} else if c := byPhone[string(k.Phone)]; k.Phone != "" && c != 0 {
			found[given] = c
		}
	}
	return found, nil
}

// lookUp joins with the values instead of asking for value IN (…): PostgreSQL
// keeps the plan it made when the table was small, and compared every row with
// every value.
func lookUp(ctx context.Context, q db.Querier, kind Kind, m map[string]ID) error {
	values := make([]string, 0, len(m))
	for v := range m {
		values = append(values, v)
	}
	slices.Sort(values)
	for chunk := range slices.Chunk(values, 200) {
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
			ID: n.id, Name: n.key.Name, Card: n.key.Card, StoreID: by.Store, OwnerID: by.Owner,
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
