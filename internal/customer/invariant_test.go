package customer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/phone"
)

// TestKeysAndTerms_follow_whatever_is_done makes up a long run of changes, some
// of them refused, and compares what customers are found by with their files.
func TestKeysAndTerms_follow_whatever_is_done(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		rng := rand.New(rand.NewPCG(1, 2))
		pick := func(list ...string) string { return list[rng.IntN(len(list))] }
		var files []customer.ID
		contacts := func() (list []customer.Contact) {
			for range rng.IntN(4) {
				list = append(list, pickOf(rng, s.phone("1380000000"+pick("1", "2", "3", "4")), s.phone("020 7946 0958"),
					customer.Contact{Kind: customer.Email, Value: "wang@example.com"}, customer.Contact{Kind: customer.WeChat, Value: pick("w1", "w2")}))
			}
			return list
		}
		steps := []func() error{
			func() error {
				c, err := s.Create(ctx, s.manager, customer.NewCustomer{Name: pick("王晓东", "王 晓东", "John Smith", "李四"), Card: pick("", "A1", "A2"), Contacts: contacts()})
				if err == nil {
					files = append(files, c.ID)
				}
				return err
			},
			func() error {
				c, err := s.Get(ctx, org.System, pickOf(rng, files...))
				if err != nil {
					return err
				}
				_, err = s.Update(ctx, org.System, c.ID, customer.Edit{Name: pick("", "王晓东", "陈美丽"), Card: pick("", "A1", "A3"), Contacts: contacts(),
					StoreID: pickOf[org.StoreID](rng, 0, 1, 2), OwnerID: pickOf[org.StaffID](rng, 0, 11, 12), Version: c.Version})
				return err
			},
			func() error {
				return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					p, err := s.PatchTx(ctx, tx, org.System, pickOf(rng, files...), customer.Patch{Card: pick("", "A4"), Contacts: contacts()}, rng.IntN(2) == 0)
					if err == nil && p != nil && rng.IntN(2) == 0 {
						err = s.UnpatchTx(ctx, tx, org.System, *p)
					}
					return err
				})
			},
			func() error {
				_, err := s.HandOver(ctx, org.System, s.li.Staff, s.wu.Staff)
				return err
			},
			func() error {
				return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := s.MatchOrCreateTx(ctx, tx, customer.Imported{ImportID: 5}, rowsOf(
						customer.ImportKey{Card: pick("A5", "A1", "A2"), Name: "赵敏"}, customer.ImportKey{Phone: "+8613800000009"},
						customer.ImportKey{Card: pick("A1", "A6"), Phone: phone.Number("+861380000000" + pick("1", "2", "3", "4", "7"))}))
					if err == nil && rng.IntN(2) == 0 {
						_, _, _, err = s.ForgetImportedTx(ctx, tx, 5, 0, 100)
					}
					return err
				})
			},
		}
		for n := range 150 {
			err := steps[min(n, rng.IntN(len(steps)))]()
			switch errs.KindOf(err) {
			case errs.Invalid, errs.Conflict, errs.NotFound: // refused: then nothing has changed
			default:
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		s.compare()
	})
}

func pickOf[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }

// compare checks all keys and terms against the files.
func (s shop) compare() {
	s.t.Helper()
	ctx := s.t.Context()
	var wantTerms, wantKeys []string
	all, err := db.All(ctx, s.db, db.Value[customer.ID], `SELECT customer_id FROM customer`)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range all {
		f, err := s.File(ctx, org.System, c)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, term := range customer.Terms(f.Customer.Name, f.Customer.Card, f.Contacts) {
			wantTerms = append(wantTerms, fmt.Sprintf("%s of %d, store %d, owner %d", term, c, f.Customer.StoreID, f.Customer.OwnerID))
		}
		for _, k := range f.Contacts {
			wantKeys = append(wantKeys, fmt.Sprintf("%s %s of %d", k.Kind, k.Value, c))
		}
		if f.Customer.Card != "" {
			wantKeys = append(wantKeys, fmt.Sprintf("card %s of %d", f.Customer.Card, c))
		}
	}
	terms, err := db.All(ctx, s.db, func(row db.Scanner) (string, error) {
		var term string
		var c, store, owner int64
		err := row.Scan(&term, &c, &store, &owner)
		return fmt.Sprintf("%s of %d, store %d, owner %d", term, c, store, owner), err
	}, `SELECT term, customer_id, store_id, owner_id FROM search_term`)
	if err != nil {
		s.t.Fatal(err)
	}
	keys, err := db.All(ctx, s.db, func(row db.Scanner) (string, error) {
		var kind, value string
		var c int64
		err := row.Scan(&kind, &value, &c)
		return fmt.Sprintf("%s %s of %d", kind, value, c), err
	}, `SELECT kind, value, customer_id FROM contact_key`)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, list := range [][]string{wantTerms, wantKeys, terms, keys} {
		slices.Sort(list)
	}
	if len(all) < 5 || len(keys) < 5 {
		s.t.Errorf("only %d files with %d keys are left: this proves little", len(all), len(keys))
	}
	if diff := cmp.Diff(wantTerms, terms); diff != "" {
		s.t.Errorf("search terms (-files +table):\n%s", diff)
	}
	if diff := cmp.Diff(wantKeys, keys); diff != "" {
		s.t.Errorf("keys (-files +table):\n%s", diff)
	}
}
