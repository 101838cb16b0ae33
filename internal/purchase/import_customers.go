package purchase

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/sheet"
)

// customerChunk is how many customers are written in one transaction.
const customerChunk = 500

// customerImport collects the rows of a file of customers.
type customerImport struct {
	im     *importing
	cols   map[string]int
	fields map[string]customer.Field // of the customer's file, by code
	width  int
	home   org.Store
	stores map[string]org.StoreID
	staff  map[string]org.StaffID
	rows   []customerRow
	closed []customerRow

	problemList
}

// customerRow is a row as understood.
type customerRow struct {
	row   int
	cells []string
	key   customer.ImportKey
	patch customer.Patch
}

func newCustomerImport(ctx context.Context, im *importing, cols map[string]int) (*customerImport, error) {
	ci := &customerImport{im: im, cols: cols, width: len(im.reader.Header()), fields: map[string]customer.Field{},
		stores: map[string]org.StoreID{}, staff: map[string]org.StaffID{}}
	if err := need(cols, im.reader.Header(), fieldPhone, fieldCard, fieldName); err != nil {
		return nil, err
	}
	list, err := im.s.Customers.Fields(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if _, mapped := cols[f.Code]; mapped && !f.Head() {
			ci.fields[f.Code] = f
		}
	}
	if code := im.run.Options.Store; code != "" {
		if ci.home, err = im.store(ctx, code); err != nil {
			return nil, err
		}
		if ci.home.ID != 0 && !im.actor.Scope().AllowsStore(ci.home.ID) {
			return nil, errs.New(errs.Forbidden, "purchase.store_out_of_reach", "store", ci.home.Name)
		}
	}
	return ci, nil
}

func (ci *customerImport) cell(r *sheet.Row, field string) string {
	i, ok := ci.cols[field]
	if !ok {
		return ""
	}
	text := string(cellOf(r, i))
	if nobody[text] && text != "0" {
		return ""
	}
	return text
}

func (ci *customerImport) row(ctx context.Context, r *sheet.Row) error {
	if r.Fault != "" {
		ci.problem(r, "", r.Fault)
		return nil
	}
	if n := len(r.Cells); n != ci.width && (n > ci.width && len(bytes.TrimSpace(bytes.Join(r.Cells[ci.width:], nil))) > 0 ||
		n < ci.width && ci.im.reader.Format() != "xlsx") {
		ci.problem(r, "", "import.ragged", "n", n, "want", ci.width)
		return nil
	}
	before := len(ci.problems)
	c := customerRow{row: r.No, cells: r.Strings()}
	c.patch.Name = ci.cell(r, fieldName)
	c.patch.Card = string(code([]byte(ci.cell(r, fieldCard))))
	if nobody[c.patch.Card] {
		c.patch.Card = ""
	}
	for _, raw := range strings.FieldsFunc(ci.cell(r, fieldPhone), func(r rune) bool { return strings.ContainsRune(",;，；/、", r) }) {
		n, err := phone.Parse(string(code([]byte(raw))), customer.DefaultRegion)
		if err != nil {
			ci.listed(r, fieldPhone, err)
			continue
		}
		if c.key.Phone == "" {
			c.key.Phone = n
		}
		c.patch.Contacts = append(c.patch.Contacts, customer.Contact{Kind: customer.Phone, Value: string(n)})
	}
	if raw := ci.cell(r, fieldEmail); raw != "" {
		k, err := customer.ParseContact(customer.Email, raw)
		if err != nil {
			ci.listed(r, fieldEmail, err)
		}
		c.patch.Contacts = append(c.patch.Contacts, k)
	}
	c.key.Card, c.key.Name = c.patch.Card, c.patch.Name
	if c.patch.Name == "" && c.key.Card == "" && c.key.Phone == "" && len(ci.problems) == before {
		ci.problem(r, fieldName, "customer.name_or_phone")
	}
	if err := ci.person(ctx, r, &c); err != nil {
		return err
	}
	for code, f := range ci.fields {
		raw := ci.cell(r, code)
		if raw == "" {
			continue
		}
		v, err := f.Parse(raw)
		if err != nil {
			ci.listed(r, code, err)
		}
		c.patch.Answers = append(c.patch.Answers, customer.Answer{Field: code, Value: v})
	}
	c.patch.Note = ci.cell(r, fieldNote)
	if len(ci.problems) == before {
		ci.rows = append(ci.rows, c)
		ci.im.understoodCustomer(&c)
	}
	return nil
}

// person reads who the customer is and belongs to.
func (ci *customerImport) person(ctx context.Context, r *sheet.Row, c *customerRow) error {
	switch strings.ToLower(ci.cell(r, fieldGender)) {
	case "":
	case "女", "女士", "小姐", "female", "f", "woman", "w", "2":
		c.patch.Gender = customer.Female
	case "男", "男士", "先生", "male", "m", "man", "1":
		c.patch.Gender = customer.Male
	case "0", "未知", "保密", "unknown", "other", "其他":
	default:
		ci.problem(r, fieldGender, "import.gender_wrong", "value", ci.cell(r, fieldGender))
	}
	for _, f := range []string{fieldBirthday, fieldLunar} {
		raw := ci.cell(r, f)
		if raw == "" {
			continue
		}
		b, err := parseBirth(raw, f == fieldLunar, ci.im.run.Options.DateOrder)
		if err != nil {
			ci.listed(r, f, err)
			continue
		}
		c.patch.Birth = b
	}
	c.patch.StoreID = ci.home.ID
	if text := ci.cell(r, fieldStore); text != "" {
		st, ok := ci.stores[text]
		if !ok {
			found, err := ci.im.store(ctx, text)
			if err == nil && found.ID != 0 && !ci.im.actor.Scope().AllowsStore(found.ID) {
				err = errs.New(errs.Forbidden, "purchase.store_out_of_reach", "store", text)
			}
			if err != nil {
				return ci.fault(r, fieldStore, err)
			}
			st, ci.stores[text] = found.ID, found.ID
		}
		c.patch.StoreID = st
	}
	if text := ci.cell(r, fieldOwner); text != "" {
		who, ok := ci.staff[text]
		if !ok {
			p, err := ci.im.s.Org.StaffByCode(ctx, text)
			if err != nil {
				return ci.fault(r, fieldOwner, err)
			}
			who, ci.staff[text] = p.ID, p.ID
		}
		c.patch.OwnerID = who
	}
	return nil
}

func (ci *customerImport) due() bool      { return len(ci.rows) >= customerChunk }
func (ci *customerImport) choose(bool)    { ci.closed = ci.rows }
func (ci *customerImport) again(int) bool { return false }
func (ci *customerImport) written()       { ci.rows, ci.closed = ci.rows[:0], nil }

func (ci *customerImport) checkpoint(row int) string { return marshal(position{Row: row}) }

func (ci *customerImport) resume(checkpoint string) (int, error) {
	var p position
	err := json.Unmarshal([]byte(checkpoint), &p)
	return p.Row + 1, err
}

// keys are what the rows' customers are looked up by.
func (ci *customerImport) keys() []customer.ImportKey {
	keys := make([]customer.ImportKey, len(ci.closed))
	for i := range ci.closed {
		keys[i] = ci.closed[i].key
	}
	return keys
}

func (c *customerRow) problem(field, reason string, args errs.Args) Problem {
	return Problem{Row: c.row, Field: field, Reason: reason, Args: args, Cells: c.cells}
}

// match says which customer the row is of: 0 for a new one. A card of one and a
// phone of another is for a person to sort out.
func (c *customerRow) match(people *customer.Matcher) (customer.ID, *Problem) {
	byCard, byPhone := people.Holders(c.key)
	if byCard != 0 && byPhone != 0 && byCard != byPhone {
		p := c.problem(fieldPhone, "import.card_and_phone_differ", nil)
		return 0, &p
	}
	return cmp.Or(byCard, byPhone), nil
}

func (ci *customerImport) look(ctx context.Context) (out outcome, err error) {
	people := ci.im.people
	if err := ci.im.know(ctx, ci.keys()); err != nil {
		return out, err
	}
	for i := range ci.closed {
		c := &ci.closed[i]
		id, p := c.match(people)
		switch {
		case p != nil:
			out.problems = append(out.problems, *p)
			out.counts.ProblemRows++
		case id != 0:
			out.counts.CustomersUpdated++
			people.Give(id, c.key)
		default:
			out.counts.CustomersNew++
			people.Give(customer.NewID(), c.key)
		}
	}
	return out, nil
}

// write writes the rows one by one, each behind a savepoint: what one cannot
// have (somebody else's e-mail) lists it and leaves the others alone.
func (ci *customerImport) write(ctx context.Context, tx *db.Tx) (out outcome, err error) {
	people := customer.NewMatcher()
	if err := people.Load(ctx, tx, ci.keys()); err != nil {
		return out, err
	}
	var changes []customer.Patched
	for i := range ci.closed {
		c := &ci.closed[i]
		id, p := c.match(people)
		if p != nil {
			out.problems = append(out.problems, *p)
			continue
		}
		if _, err := tx.Exec(ctx, `SAVEPOINT import_row`); err != nil {
			return out, err
		}
		patched, opened, err := ci.one(ctx, tx, id, c)
		end := `RELEASE SAVEPOINT import_row`
		switch errs.KindOf(err) {
		case errs.Invalid, errs.Conflict, errs.Forbidden, errs.NotFound:
			if e, ok := asError(err); ok {
				field, key, args := "", e.Key, e.Args
				if len(e.Fields) > 0 {
					field, key, args = e.Fields[0].Name, e.Fields[0].Key, e.Fields[0].Args
				}
				out.problems = append(out.problems, c.problem(field, key, args))
			}
			end = `ROLLBACK TO SAVEPOINT import_row`
		default:
			if err != nil {
				return out, err
			}
		}
		if _, err := tx.Exec(ctx, end); err != nil {
			return out, err
		}
		switch {
		case err != nil:
		case opened != 0:
			out.counts.CustomersNew++
			people.Give(opened, c.key)
		case patched != nil:
			out.counts.CustomersUpdated++
			changes = append(changes, *patched)
			people.Give(id, customer.ImportKey{Phone: c.key.Phone})
			if patched.After.Card == c.key.Card {
				people.Give(id, c.key)
			}
		default:
			out.counts.CustomersUnchanged++
		}
	}
	out.counts.ProblemRows = len(out.problems)
	return out, ci.im.s.insertChanges(ctx, tx, ci.im.run.ID, changes)
}

// one writes a row: opened is the id of a new file, patched what changed in a
// known one, both nothing when there was nothing to change.
func (ci *customerImport) one(ctx context.Context, tx *db.Tx, id customer.ID, c *customerRow) (patched *customer.Patched, opened customer.ID, err error) {
	s, in := ci.im.s, c.patch
	if id != 0 {
		patched, err = s.Customers.PatchTx(ctx, tx, ci.im.actor, id, in, ci.im.run.Options.Overwrite)
		return patched, 0, err
	}
	made, err := s.Customers.CreateTx(ctx, tx, ci.im.actor, customer.NewCustomer{
		Name: in.Name, Gender: in.Gender, Birth: in.Birth, Card: in.Card, Contacts: in.Contacts, StoreID: in.StoreID, OwnerID: in.OwnerID,
		Origin: customer.OriginImport, Answers: in.Answers, Note: in.Note, ImportID: int64(ci.im.run.ID), Source: customer.FromImport,
	})
	return nil, made.ID, err
}
