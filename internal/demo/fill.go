package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/insight"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// Zone is where all stores of the chain are.
const Zone = "Asia/Shanghai"

// Into is what a chain is written through.
type Into struct {
	DB        *db.DB
	Org       *org.Service
	Auth      *auth.Service
	Customers *customer.Service
	Purchases *purchase.Service
	Care      *care.Service
	Insight   *insight.Service
}

// SignIn is a person who can sign in to a filled demo.
type SignIn struct {
	Role  org.Role `json:"role"`
	Name  string   `json:"name"`
	Store string   `json:"store"` // empty: the head office
	Login string   `json:"login"`
}

// filler is a fill under way.
type filler struct {
	Into
	plan *planner
	loc  *time.Location
	now  time.Time // what the services are told it is
	dir  string    // for the tills' files

	stopped func() error // not nil when the fill is to end

	stores []org.Store
	staff  []org.Staff
	people []customer.ID
	homes  map[int]customer.HouseholdID
	onWay  []brought // deliveries that have not arrived
}

// Options say which demo to make.
type Options struct {
	Today    day.Day // the chain stands as in the morning of this day
	Password string  // of everybody who signs in
	Scale    int     // percent of the usual number of customers; 0: 100
}

// Fill writes the chain into an empty database and says who can sign in. The
// services are told that it is the past meanwhile, so nothing else may use them.
func Fill(ctx context.Context, into Into, o Options) (signIns []SignIn, err error) {
	loc, err := time.LoadLocation(Zone)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	dir, err := os.MkdirTemp("", "ricejar-demo-")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	f := &filler{Into: into, plan: newPlan(o.Today, cmp.Or(o.Scale, 100)), loc: loc, dir: dir, stopped: ctx.Err, homes: map[int]customer.HouseholdID{}}
	// Some drivers watch a context that can end anew for every statement.
	ctx = context.WithoutCancel(ctx)
	events := f.plan.stories()
	f.people = make([]customer.ID, len(f.plan.people))

	clock, purchases, tasks, found := into.DB.Clock, into.Purchases.Now, into.Care.Now, into.Insight.Now
	defer func() {
		into.DB.Clock, into.Purchases.Now, into.Care.Now, into.Insight.Now = clock, purchases, tasks, found
	}()
	told := func() time.Time { return f.now }
	into.DB.Clock, into.Purchases.Now, into.Care.Now, into.Insight.Now = told, told, told, told

	f.at(f.plan.people[0].joined.AddDays(-30), 9*60)
	if signIns, err = f.company(ctx, o.Password); err != nil {
		return nil, fmt.Errorf("demo: the company: %w", err)
	}
	if err := f.history(ctx, events); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	if err := f.visits(ctx); err != nil {
		return nil, fmt.Errorf("demo: visitors: %w", err)
	}
	if err := f.asked(ctx); err != nil {
		return nil, fmt.Errorf("demo: reasons to stay away: %w", err)
	}
	return signIns, nil
}

// at sets the clock.
func (f *filler) at(d day.Day, minute int) {
	f.now = d.Start(f.loc).Add(time.Duration(minute) * time.Minute)
}

// company makes the regions, stores, staff, sign-ins and fields.
func (f *filler) company(ctx context.Context, password string) ([]SignIn, error) {
	regions := map[string]org.RegionID{}
	for _, name := range []string{zhejiang, jiangsu} {
		r, err := f.Org.CreateRegion(ctx, org.System, name)
		if err != nil {
			return nil, err
		}
		regions[name] = r.ID
	}
	for _, s := range stores {
		st, err := f.Org.CreateStore(ctx, org.System, org.Store{
			Code: s.code, Name: s.name, Kind: s.trade, RegionID: regions[s.region], Currency: "CNY", Zone: Zone, Phone: s.phone, Address: s.address,
		})
		if err != nil {
			return nil, err
		}
		f.stores = append(f.stores, st)
	}
	for _, m := range staff {
		p := org.Staff{Code: m.code, Name: m.name, Role: m.role, Reach: m.reach, RegionID: regions[m.region]}
		if m.store != headOffice {
			p.StoreID = f.stores[m.store].ID
		}
		p, err := f.Org.CreateStaff(ctx, org.System, p)
		if err != nil {
			return nil, err
		}
		f.staff = append(f.staff, p)
	}
	for _, field := range append(fields(), pantryFields()...) {
		field.Active = true
		if err := f.Customers.SaveField(ctx, org.System, field); err != nil {
			return nil, err
		}
	}
	if err := f.saveJars(ctx); err != nil {
		return nil, err
	}
	return f.signIns(ctx, password)
}

func (f *filler) signIns(ctx context.Context, password string) ([]SignIn, error) {
	var list []SignIn
	for _, role := range org.Roles() {
		for i, m := range staff {
			if m.role != role || m.login == "" {
				continue
			}
			if err := f.Auth.CreateCredential(ctx, 0, int64(f.staff[i].ID), m.login, password, false); err != nil {
				return nil, err
			}
			in := SignIn{Role: role, Name: m.name, Login: m.login}
			if m.store != headOffice {
				in.Store = stores[m.store].name
			}
			list = append(list, in)
		}
	}
	return list, nil
}

func (f *filler) write(ctx context.Context, tx *db.Tx, e event) error {
	if e.joins {
		return f.join(ctx, tx, e)
	}
	who, by := f.people[e.who], f.as(e.staff)
	switch {
	case e.consent != nil:
		return f.Customers.SetConsentTx(ctx, tx, by, who, *e.consent)
	case e.note != "":
		_, err := f.Customers.AddNoteTx(ctx, tx, by, who, e.note)
		return err
	default:
		answers, source := answersOf(e.facts)
		return f.Customers.LearnTx(ctx, tx, by, who, answers, source)
	}
}

func (f *filler) join(ctx context.Context, tx *db.Tx, e event) error {
	c := f.plan.people[e.who]
	in := customer.NewCustomer{
		Name: c.name, Gender: customer.Gender(c.gender), Birth: c.birth, Card: c.card, StoreID: f.stores[c.store].ID, Origin: c.origin,
	}
	if c.owner >= 0 {
		in.OwnerID = f.staff[c.owner].ID
	}
	if c.referrer >= 0 {
		in.Referrer = f.people[c.referrer] // 0 while the one who brought them has no file yet
	}
	for i, n := range c.phones {
		in.Contacts = append(in.Contacts, customer.Contact{Kind: customer.Phone, Value: n, Main: i == 0})
	}
	for kind, value := range map[customer.Kind]string{customer.Email: c.email, customer.WeChat: c.wechat} {
		if value != "" {
			in.Contacts = append(in.Contacts, customer.Contact{Kind: kind, Value: value})
		}
	}
	in.Answers, in.Source = answersOf(e.facts)
	if c.address != "" {
		in.Answers = append(in.Answers, customer.Answer{Field: customer.FieldAddress, Value: c.address})
	}
	made, err := f.Customers.CreateTx(ctx, tx, f.as(e.staff), in)
	if err != nil {
		return err
	}
	f.people[e.who] = made.ID
	if c.household != 0 {
		if f.homes[c.household], err = f.Customers.SetHouseholdTx(ctx, tx, f.homes[c.household], made.ID); err != nil {
			return err
		}
	}
	return nil
}

// as is the program writing in the name of a member of staff: the one at the
// till may not have the reach to give a customer to a colleague.
func (f *filler) as(who int) org.Actor {
	by := org.System
	by.Staff = f.staff[who]
	return by
}

func answersOf(facts []fact) ([]customer.Answer, customer.Source) {
	var list []customer.Answer
	source := customer.FromTalk
	for _, k := range facts {
		a := customer.Answer{Field: k.field, Refused: k.refused}
		if !k.refused {
			a.Value = k.value
		}
		if k.phone {
			source = customer.FromPhone
		}
		list = append(list, a)
	}
	return list, source
}
