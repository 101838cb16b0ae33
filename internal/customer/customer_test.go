package customer_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/org"
)

// shop is a database with a service and two associates of one store, each of
// whom sees only their own customers, and a manager who sees the store's.
type shop struct {
	*customer.Service
	t       *testing.T
	db      *db.DB
	li, wu  org.Actor
	manager org.Actor
}

func run(t *testing.T, f func(t *testing.T, s shop)) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO store (id, code, name, kind, currency, tz) VALUES (1, 'S1', '一店', 'fashion', 'CNY', 'Asia/Shanghai'),
				(2, 'S2', '二店', 'fashion', 'CNY', 'Asia/Shanghai')`)
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO staff (id, code, name, role, reach) VALUES (11, 'li', '李', 'associate', 'own'),
					(12, 'wu', '吴', 'associate', 'own'), (13, 'm', '王', 'manager', 'store')`)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		staff := func(n org.StaffID, role org.Role, reach org.Reach) org.Actor {
			return org.NewActor(org.Staff{ID: n, Role: role, Reach: reach, StoreID: 1, Active: true}, 0, nil)
		}
		f(t, shop{
			Service: customer.New(d), t: t, db: d,
			li: staff(11, org.Associate, org.ReachOwn), wu: staff(12, org.Associate, org.ReachOwn),
			manager: staff(13, org.Manager, org.ReachStore),
		})
	})
}

func (s shop) phone(raw string) customer.Contact {
	s.t.Helper()
	c, err := customer.ParseContact(customer.Phone, raw)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s shop) create(by org.Actor, name, phone string) customer.Customer {
	s.t.Helper()
	in := customer.NewCustomer{Name: name, Origin: customer.OriginWalkIn}
	if phone != "" {
		in.Contacts = []customer.Contact{s.phone(phone)}
	}
	c, err := s.Create(s.t.Context(), by, in)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func names(list []customer.Summary) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name)
	}
	return out
}

func TestCreate_needs_only_a_name_and_phone(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.create(s.li, "  王 晓东 ", "138 1234 5678")
		if c.Name != "王 晓东" || c.StoreID != 1 || c.OwnerID != 11 {
			t.Errorf("got %+v, want a clean name, the actor's store and ownership", c)
		}
		f, err := s.File(t.Context(), s.li, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Contacts) != 1 || f.Contacts[0].Value != "+8613812345678" || f.Contacts[0].Masked() != "138****5678" {
			t.Errorf("contacts: %+v", f.Contacts)
		}
		if f.Question == nil || f.Question.Code != customer.FieldBirthday {
			t.Errorf("next question: %+v, want the birthday", f.Question)
		}
		if c.Completeness == 0 {
			t.Error("a name and phone count for nothing")
		}
	})
}

func TestCreate_sent_twice_opens_one_file(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		in := customer.NewCustomer{Name: "王晓东", Contacts: []customer.Contact{s.phone("13812345678")}, Key: "click-1"}
		first, err := s.Create(t.Context(), s.li, in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Create(t.Context(), s.li, in)
		if err != nil || again.ID != first.ID {
			t.Errorf("the second click: %v, %v; want the first's file %v", again.ID, err, first.ID)
		}
	})
}

func TestCreate_refuses_what_is_nobody(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		for name, in := range map[string]customer.NewCustomer{
			"neither name nor phone": {},
			"31 April":               {Name: "王", Birth: customer.Birth{Calendar: customer.Solar, Month: 4, Day: 31}},
			"lunar day 31":           {Name: "王", Birth: customer.Birth{Calendar: customer.Lunar, Month: 4, Day: 31}},
			"29 February 2001":       {Name: "王", Birth: customer.Birth{Calendar: customer.Solar, Year: 2001, Month: 2, Day: 29}},
			"unheard-of gender":      {Name: "王", Gender: "x"},
		} {
			if _, err := s.Create(t.Context(), s.li, in); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: got %v, want invalid", name, err)
			}
		}
		many := make([]customer.Contact, 21)
		for i := range many {
			many[i] = customer.Contact{Kind: customer.WeChat, Value: string(rune('a' + i))}
		}
		for name, in := range map[string]customer.NewCustomer{
			"unheard-of origin":     {Name: "王", Origin: "moon"},
			"a hundred contacts":    {Name: "王", Contacts: many},
			"a label like a novel":  {Name: "王", Contacts: []customer.Contact{{Kind: customer.WeChat, Value: "w", Label: strings.Repeat("长", 41)}}},
			"a contact of no kind":  {Name: "王", Contacts: []customer.Contact{{Kind: "pigeon", Value: "w"}}},
			"brought by nobody":     {Name: "王", Referrer: 77},
			"a store nobody knows":  {Name: "王", StoreID: 9},
			"an owner nobody knows": {Name: "王", OwnerID: 99},
		} {
			if _, err := s.Create(t.Context(), org.System, in); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: got %v, want invalid", name, err)
			}
		}
		for name, in := range map[string]customer.NewCustomer{
			"for a colleague":        {Name: "王", OwnerID: 12},
			"for oneself, elsewhere": {Name: "王", StoreID: 2},
		} {
			if _, err := s.Create(t.Context(), s.li, in); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s: got %v, want forbidden", name, err)
			}
		}
	})
}

func TestDuplicate_phone_is_caught_in_any_format(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		for _, typed := range []string{"13812345678", "138-1234-5678", "+86 138 1234 5678", "０１３８１２３４５６７８"[3:], "0086 13812345678"} {
			h, err := s.FindHolder(ctx, s.li, customer.Phone, typed)
			if err != nil || h == nil || h.ID != c.ID || !h.InReach {
				t.Errorf("typing %q: got %+v, %v; want %s", typed, h, err, c.Name)
			}
			_, err = s.Create(ctx, s.manager, customer.NewCustomer{Name: "王小姐", Contacts: []customer.Contact{s.phone(typed)}})
			if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), c.Name) {
				t.Errorf("the manager, creating with %q: got %v, want a conflict with %s", typed, err, c.Name)
			}
			_, err = s.Create(ctx, s.wu, customer.NewCustomer{Name: "王小姐", Contacts: []customer.Contact{s.phone(typed)}})
			if !errs.Is(err, errs.Conflict) || strings.Contains(err.Error(), c.Name) || strings.Contains(err.Error(), c.ID.String()) {
				t.Errorf("a colleague, creating with %q: got %v, want a conflict that does not say with whom", typed, err)
			}
		}
		h, err := s.FindHolder(ctx, s.wu, customer.Phone, "13812345678")
		if err != nil || h == nil || h.InReach || h.ID != 0 || h.Name != "" {
			t.Errorf("a colleague outside of reach learns %+v, %v; want only that the number is known", h, err)
		}
	})
}

func TestCreate_by_two_tills_at_once_makes_one_customer(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		k := s.phone("13900001111")
		results := make(chan error)
		const tills = 6
		for range tills {
			go func() {
				_, err := s.Create(t.Context(), s.li, customer.NewCustomer{Name: "赵敏", Contacts: []customer.Contact{k}})
				results <- err
			}()
		}
		won := 0
		for range tills {
			switch err := <-results; {
			case err == nil:
				won++
			case !errs.Is(err, errs.Conflict):
				t.Errorf("got %v, want a conflict", err)
			}
		}
		if won != 1 {
			t.Errorf("%d customers were created, want 1", won)
		}
	})
}

func TestReach_hides_others_customers(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		for name, call := range map[string]func(org.Actor) error{
			"Get":     func(a org.Actor) error { _, err := s.Get(ctx, a, c.ID); return err },
			"File":    func(a org.Actor) error { _, err := s.File(ctx, a, c.ID); return err },
			"Reach":   func(a org.Actor) error { return s.Reach(ctx, a, c.ID) },
			"AddNote": func(a org.Actor) error { return s.AddNote(ctx, a, c.ID, "喜欢蓝色", "") },
			"Learn": func(a org.Actor) error {
				return s.Learn(ctx, a, c.ID, []customer.Answer{{Field: "hobby", Value: "钓鱼"}}, customer.FromTalk)
			},
			"Reveal": func(a org.Actor) error { _, err := s.Reveal(ctx, a, c.ID, "回访"); return err },
			"SetConsent": func(a org.Actor) error {
				return s.SetConsent(ctx, a, c.ID, customer.Consent{Purpose: customer.ForAll, Channel: "all", Source: customer.FromTalk})
			},
			"Timeline": func(a org.Actor) error {
				_, _, err := s.Timeline(ctx, a, c.ID, customer.TimelineCursor{}, 10)
				return err
			},
		} {
			if err := call(s.wu); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s by another associate: got %v, want not found", name, err)
			}
			if err := call(s.manager); err != nil {
				t.Errorf("%s by the manager: %v", name, err)
			}
		}
	})
}

func TestSearch_finds_by_any_part(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		s.create(s.li, "王晓东", "13812345678")
		s.create(s.li, "单雄信", "13987654321")
		s.create(s.li, "欧阳娜娜", "")
		s.create(s.li, "John Smith", "+44 20 7946 0958")
		s.create(s.li, "Élodie Иван", "")
		s.create(s.li, "さくら", "")
		s.create(s.li, "\U0003106C", "") // a character nobody knows the sound of
		if _, err := s.Create(ctx, s.li, customer.NewCustomer{
			Name: "陳美麗", Card: "VIP-0088123",
			Contacts: []customer.Contact{{Kind: customer.Email, Value: "meili.chen@example.com"}},
		}); err != nil {
			t.Fatal(err)
		}
		for q, want := range map[string]string{
			"王": "王晓东", "晓东": "王晓东", "东": "王晓东", "wangxiaodong": "王晓东", "wang xiao": "王晓东", "xiaod": "王晓东", "wxd": "王晓东", "WXD": "王晓东",
			"138": "王晓东", "5678": "王晓东", "1234 5": "王晓东", "138-1234": "王晓东", "+8613812345678": "王晓东", "678": "王晓东",
			"shanxiongxin": "单雄信", "sxx": "单雄信",
			"娜娜": "欧阳娜娜", "ouyang": "欧阳娜娜", "oynn": "欧阳娜娜",
			"élo": "Élodie Иван", "иван": "Élodie Иван", "ÉИ": "Élodie Иван", "さく": "さくら",
			"john": "John Smith", "smith": "John Smith", "2079460958": "John Smith",
			"0088123": "陳美麗", "88123": "陳美麗", "vip0088": "陳美麗", "meili.chen@example.com": "陳美麗", "meili.chen": "陳美麗", "美麗": "陳美麗", "cml": "陳美麗",
		} {
			list, err := s.Search(ctx, s.li, q, 10)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != 1 || list[0].Name != want {
				t.Errorf("%q finds %v, want %s", q, names(list), want)
			}
		}
		for _, q := range []string{"", "   ", "1", "13", "99999", "%", "_", "'", "李", "\x00"} {
			if list, err := s.Search(ctx, s.li, q, 10); err != nil || len(list) != 0 {
				t.Errorf("%q finds %v, %v; want nobody", q, names(list), err)
			}
		}
		if list, err := s.Search(ctx, s.wu, "王", 10); err != nil || len(list) != 0 {
			t.Errorf("another associate finds %v, %v; want nobody", names(list), err)
		}
	})
}

func TestUpdate_changes_what_is_found_and_keeps_the_old_number_free(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		after, err := s.Update(ctx, s.li, c.ID, customer.Edit{
			Name: "王小东", Contacts: []customer.Contact{s.phone("13700000001")},
			StoreID: c.StoreID, OwnerID: c.OwnerID, Version: c.Version,
		})
		if err != nil {
			t.Fatal(err)
		}
		for q, want := range map[string]int{"晓东": 0, "小东": 1, "13812345678": 0, "13700000001": 1} {
			if list, err := s.Search(ctx, s.li, q, 10); err != nil || len(list) != want {
				t.Errorf("%q finds %v, %v; want %d", q, names(list), err, want)
			}
		}
		s.create(s.wu, "李四", "13812345678")
		if _, err := s.Update(ctx, s.li, c.ID, customer.Edit{Name: "王", Version: c.Version}); !errs.Is(err, errs.Conflict) {
			t.Errorf("saving over somebody's change: got %v, want a conflict", err)
		}
		if again, err := s.Get(ctx, s.li, c.ID); err != nil || again.Name != after.Name {
			t.Errorf("after the conflict: %+v, %v", again, err)
		}
	})
}

func TestHandOver_moves_everybody_in_one_step(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		s.create(s.li, "李四", "13812345679")
		if err := s.AddNote(ctx, s.li, c.ID, "喜欢原木色", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := s.HandOver(ctx, s.li, s.li.Staff, s.wu.Staff); !errs.Is(err, errs.Forbidden) {
			t.Errorf("by the associate themselves: got %v, want forbidden", err)
		}
		n, err := s.HandOver(ctx, s.manager, s.li.Staff, s.wu.Staff)
		if err != nil || n != 2 {
			t.Fatalf("handed over %d, %v; want 2", n, err)
		}
		onRecord, err := db.One(ctx, s.db, db.Value[string], `SELECT detail FROM audit_entry WHERE action = ? AND subject = ? AND staff_id = ?`,
			"customer.hand_over", "staff:11", 13)
		if err != nil || onRecord != `{"customers":2,"to":"12"}` {
			t.Errorf("on record: %s, %v", onRecord, err)
		}
		f, err := s.File(ctx, s.wu, c.ID)
		if err != nil || len(f.Notes) != 1 {
			t.Errorf("the new owner sees %d notes, %v; want 1", len(f.Notes), err)
		}
		if list, err := s.Search(ctx, s.li, "王", 10); err != nil || len(list) != 0 {
			t.Errorf("the leaver still finds %v, %v", names(list), err)
		}
	})
}

func TestList_pages_by_keyset_through_everybody_once(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		for i := range 23 {
			s.create(s.li, "顾客", "1380000"+string([]byte{'0' + byte(i/10), '0' + byte(i%10)})+"00")
		}
		seen := map[customer.ID]bool{}
		var after customer.Cursor
		for pages := 1; ; pages++ {
			list, next, err := s.List(t.Context(), s.li, customer.Filter{}, after, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				if seen[c.ID] {
					t.Errorf("%v is on two pages", c.ID)
				}
				seen[c.ID] = true
			}
			if next == (customer.Cursor{}) {
				if len(seen) != 23 || pages != 5 {
					t.Errorf("%d customers on %d pages, want 23 on 5", len(seen), pages)
				}
				return
			}
			after = next
		}
	})
}

func TestList_of_a_region_and_of_a_filter(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO region (id, name) VALUES (5, '华东')`)
			if err == nil {
				_, err = tx.Exec(ctx, `UPDATE store SET region_id = 5 WHERE id = 1`)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		s.create(s.li, "王晓东", "")
		s.create(s.wu, "李四", "")
		inRegion := org.NewActor(org.Staff{ID: 20, Role: org.Manager, Reach: org.ReachRegion, Active: true}, 5, []org.StoreID{1})
		elsewhere := org.NewActor(org.Staff{ID: 21, Role: org.Manager, Reach: org.ReachRegion, Active: true}, 6, []org.StoreID{2})
		for name, c := range map[string]struct {
			actor  org.Actor
			filter customer.Filter
			want   int
		}{
			"the region":           {inRegion, customer.Filter{}, 2},
			"one of its stores":    {inRegion, customer.Filter{Store: 1}, 2},
			"one of its people":    {inRegion, customer.Filter{Owner: 12}, 1},
			"another region":       {elsewhere, customer.Filter{}, 0},
			"an associate's own":   {s.li, customer.Filter{}, 1},
			"a colleague's, asked": {s.li, customer.Filter{Owner: 12}, 0},
		} {
			if list, _, err := s.List(ctx, c.actor, c.filter, customer.Cursor{}, 10); err != nil || len(list) != c.want {
				t.Errorf("%s: %v, %v; want %d", name, names(list), err, c.want)
			}
		}
	})
}

func TestReveal_is_on_record(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c := s.create(s.li, "王晓东", "13812345678")
		list, err := s.Reveal(ctx, s.li, c.ID, "送货前确认")
		if err != nil || len(list) != 1 || list[0].Shown() != "138 1234 5678" {
			t.Fatalf("got %+v, %v", list, err)
		}
		n, err := db.One(ctx, s.db, db.Value[int], `SELECT count(*) FROM audit_entry WHERE action = ? AND subject = ? AND staff_id = ?`,
			"customer.reveal", "customer:"+c.ID.String(), 11)
		if err != nil || n != 1 {
			t.Errorf("%d entries on record, %v; want 1", n, err)
		}
		marketer := org.NewActor(org.Staff{ID: 14, Role: org.Marketer, Reach: org.ReachAll, Active: true}, 0, nil)
		if _, err := s.Reveal(ctx, marketer, c.ID, ""); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a marketer: got %v, want forbidden", err)
		}
	})
}

func TestMatchOrCreate_opens_each_file_once(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		known := s.create(s.li, "王晓东", "13812345678")
		keys := []customer.ImportKey{
			{Card: "17850", Name: strings.Repeat("长", 200)}, {Card: " 17850\t"}, {Card: "17851", Phone: "+8613812345678"}, {Card: "17850"}, {Phone: "+8613900000000", Name: "李四"}, {}, {Card: "17852", Phone: "+8613900000000"},
		}
		var first map[customer.ImportKey]customer.ID
		for round, wantNew := range []int{2, 0} {
			err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				m, err := s.MatchOrCreateTx(ctx, tx, customer.Imported{ImportID: 5}, rowsOf(keys...))
				if err != nil {
					return err
				}
				found := m.IDs
				if m.Opened != wantNew || m.Updated != wantNew/2 {
					t.Errorf("round %d opened %d files and changed %d, want %d and %d", round+1, m.Opened, m.Updated, wantNew, wantNew/2)
				}
				if found[keys[2]] != known.ID {
					t.Errorf("a new card with a known phone went to %v, want %v", found[keys[2]], known.ID)
				}
				if found[keys[4]] != found[keys[6]] || found[keys[0]] != found[keys[1]] {
					t.Error("two rows with one phone or one card made two customers")
				}
				if first == nil {
					first = found
				} else if found[keys[0]] != first[keys[0]] {
					t.Error("the second round found somebody else")
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		list, err := s.Search(ctx, s.manager, "17850", 5)
		if err != nil || len(list) != 1 || list[0].ImportID != 5 {
			t.Errorf("by card: %+v, %v", list, err)
		}
	})
}

func rowsOf(keys ...customer.ImportKey) (list []customer.ImportRow) {
	for _, k := range keys {
		list = append(list, customer.ImportRow{ImportKey: k, Store: 1})
	}
	return list
}

func TestMatchOrCreate_remembers_a_new_card_or_phone_and_steals_none(t *testing.T) {
	const li, wu, free = "+8613800000001", "+8613800000002", "+8613800000003"
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		carded, err := s.Create(ctx, s.manager, customer.NewCustomer{Name: "有卡", Card: "C1"})
		if err != nil {
			t.Fatal(err)
		}
		phoned := s.create(s.manager, "有电话", li)
		s.create(s.manager, "别人", wu)
		var m customer.Matched
		match := func(keys ...customer.ImportKey) {
			t.Helper()
			if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				var err error
				m, err = s.MatchOrCreateTx(ctx, tx, customer.Imported{ImportID: 5, Staff: 13}, rowsOf(keys...))
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		newPhone, newCard := customer.ImportKey{Card: "C1", Phone: free}, customer.ImportKey{Card: "C2", Phone: li}
		others, second := customer.ImportKey{Card: "C1", Phone: wu}, customer.ImportKey{Card: "C3", Phone: li}
		match(newPhone, newCard, others, second)
		if m.Opened != 0 || m.Updated != 2 || m.IDs[others] != carded.ID || m.IDs[second] != phoned.ID ||
			m.Clashes[others] != customer.PhoneOfAnother || m.Clashes[second] != customer.HasOtherCard || len(m.Clashes) != 2 {
			t.Errorf("got %+v", m)
		}
		changed := m.Changed
		match(customer.ImportKey{Phone: free}, customer.ImportKey{Card: "C2"}, customer.ImportKey{Phone: wu})
		if m.Opened != 0 || m.IDs[customer.ImportKey{Phone: free}] != carded.ID || m.IDs[customer.ImportKey{Card: "C2"}] != phoned.ID ||
			m.IDs[customer.ImportKey{Phone: wu}] == carded.ID {
			t.Errorf("not remembered, or stolen: %+v", m.IDs)
		}
		for _, p := range changed {
			if err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.UnpatchTx(ctx, tx, org.System, p) }); err != nil {
				t.Fatal(err)
			}
		}
		match(customer.ImportKey{Phone: free}, customer.ImportKey{Card: "C2"})
		if m.Opened != 2 {
			t.Errorf("undone, they are somebody's still: %+v", m.IDs)
		}
		story, _, err := s.Timeline(ctx, org.System, phoned.ID, customer.TimelineCursor{}, 9)
		if err != nil || len(story) != 1 {
			t.Errorf("the story tells of what was undone: %+v, %v", story, err)
		}
	})
}

func TestSearch_does_not_let_hidden_contacts_out_digit_by_digit(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		c, err := s.Create(ctx, s.li, customer.NewCustomer{Name: "王晓东", Card: "88001234", Contacts: []customer.Contact{
			s.phone("13812345678"), {Kind: customer.Email, Value: "dong.wang@example.com"}, {Kind: customer.WeChat, Value: "Dong_1980"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		marketer := org.NewActor(org.Staff{ID: 14, Role: org.Marketer, Reach: org.ReachAll, Active: true}, 0, nil)
		narrow := s.li.Only(org.Rights{org.CustomersRead}) // as an API key may be
		finds := func(who org.Actor, q string) bool {
			t.Helper()
			list, err := s.Search(ctx, who, q, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(list) == 1 && list[0].ID == c.ID
		}
		hidden := []string{"138", "1381", "1381234567", "3812345678", "45678", "678", "1234567", "dong.w", "dong.wang@", "dong1", "dong_198"}
		shown := []string{
			"5678", "138 1234 5678", "+8613812345678", "dong.wang@example.com", "Dong_1980", "王", "wxd", "8800", "88001234", "001234",
		}
		for _, q := range hidden {
			if !finds(s.li, q) {
				t.Errorf("%q finds nobody for who may see contacts whole", q)
			}
			if finds(marketer, q) || finds(narrow, q) {
				t.Errorf("%q tells who sees them masked that it is right", q)
			}
		}
		for _, q := range shown {
			if !finds(s.li, q) || !finds(marketer, q) || !finds(narrow, q) {
				t.Errorf("%q does not find them for everybody", q)
			}
		}
		if list, err := s.Search(ctx, s.wu.Only(org.Rights{org.CustomersRead}), "13812345678", 10); err != nil || len(list) != 0 {
			t.Errorf("a colleague finds %v, %v by the whole number; want nobody", names(list), err)
		}
	})
}

func TestListByID_passes_nobody_by_who_is_edited_meanwhile(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		var files []customer.Customer
		for _, name := range []string{"甲", "乙", "丙", "丁", "戊"} {
			files = append(files, s.create(s.li, name, ""))
		}
		s.create(s.wu, "别人的", "")
		var seen []string
		for after := customer.ID(0); ; {
			list, err := s.ListByID(ctx, s.li, customer.Filter{}, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			if seen = append(seen, names(list)...); len(list) < 2 {
				break
			}
			after = list[1].ID
			if err := s.AddNote(ctx, s.li, files[4].ID, "来过电话", ""); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Join(seen, ""); got != "甲乙丙丁戊" {
			t.Errorf("got %s, want everybody once", got)
		}
	})
}
