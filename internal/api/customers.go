package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/org"
)

// Summary is a customer as a list shows them.
type Summary struct {
	ID           customer.ID     `json:"id"`
	Name         string          `json:"name" doc:"May be empty: a till knows a card, not a name"`
	Phone        string          `json:"phone" doc:"The main one, masked"`
	Card         string          `json:"card"`
	Gender       customer.Gender `json:"gender"`
	StoreID      org.StoreID     `json:"store_id,omitzero"`
	OwnerID      org.StaffID     `json:"owner_id,omitzero"`
	Origin       customer.Origin `json:"origin"`
	VIP          bool            `json:"vip"`
	DoNotContact bool            `json:"do_not_contact"`
	Completeness int             `json:"completeness" doc:"Percent of what is worth knowing that is known"`
	CreatedAt    time.Time       `json:"created_at"`
	UpdatedAt    time.Time       `json:"updated_at"`
}

func newSummary(s customer.Summary) Summary {
	phone := ""
	if s.Phone != "" {
		phone = s.Phone.Masked()
	}
	return Summary{
		s.ID, s.Name, phone, s.Card, s.Gender, s.StoreID, s.OwnerID, s.Origin, s.VIP, s.DoNotContact,
		s.Completeness, s.CreatedAt, s.UpdatedAt,
	}
}

type birthday struct {
	Calendar day.Calendar `json:"calendar,omitempty" enum:"solar,lunar"`
	Year     int          `json:"year,omitempty" maximum:"9999" doc:"Missing: not told"`
	Month    int          `json:"month,omitempty" minimum:"1" maximum:"12"`
	Day      int          `json:"day,omitempty" minimum:"1" maximum:"31"`
	Leap     bool         `json:"leap,omitempty" doc:"In a lunar leap month"`
}

type contact struct {
	ID    customer.ContactID `json:"id"`
	Kind  customer.Kind      `json:"kind"`
	Value string             `json:"value" doc:"Masked, unless revealed"`
	Label string             `json:"label"`
	Main  bool               `json:"main"`
}

// file is all of a customer's head that the API tells, with the current facts.
type file struct {
	Summary

	Birthday    *birthday            `json:"birthday,omitempty"`
	Contacts    []contact            `json:"contacts" nullable:"false"`
	Revealed    bool                 `json:"revealed" doc:"Whether contacts and address are shown in full"`
	HouseholdID customer.HouseholdID `json:"household_id,omitzero" doc:"Shared by those who live together; missing when the caller sees none of them"`
	ReferrerID  customer.ID          `json:"referrer_id,omitzero" doc:"Who brought them; missing when the caller does not see them"`
	Version     int64                `json:"version" doc:"Counts edits: send it back with a change"`
	Facts       []fact               `json:"facts" nullable:"false"`
	Question    *question            `json:"question,omitempty" doc:"The one thing best asked at the next contact"`
}

type question struct {
	Field string `json:"field"`
	Text  string `json:"text" doc:"How to ask, in the language asked for"`
}

func (a *API) customerRoutes() {
	add(a, Route{ID: "list_customers", Method: http.MethodGet, Path: "/customers", Tag: "customers", Right: org.CustomersRead}, a.listCustomers)
	add(a, Route{ID: "search_customers", Method: http.MethodGet, Path: "/customers/search", Tag: "customers", Right: org.CustomersRead}, a.searchCustomers)
	add(a, Route{ID: "find_holder", Method: http.MethodGet, Path: "/customers/holder", Tag: "customers", Right: org.CustomersRead}, a.findHolder)
	add(a, Route{ID: "create_customer", Method: http.MethodPost, Path: "/customers", Tag: "customers", Right: org.CustomersWrite, Status: http.StatusCreated}, a.createCustomer)
	add(a, Route{ID: "get_customer", Method: http.MethodGet, Path: "/customers/{customer}", Tag: "customers", Right: org.CustomersRead}, a.getCustomer)
	add(a, Route{ID: "update_customer", Method: http.MethodPatch, Path: "/customers/{customer}", Tag: "customers", Right: org.CustomersWrite}, a.updateCustomer)
	add(a, Route{ID: "join_household", Method: http.MethodPut, Path: "/customers/{customer}/household", Tag: "customers", Right: org.CustomersWrite}, a.joinHousehold)
	add(a, Route{ID: "leave_household", Method: http.MethodDelete, Path: "/customers/{customer}/household", Tag: "customers", Right: org.CustomersWrite, Status: http.StatusNoContent}, a.leaveHousehold)
	add(a, Route{ID: "get_timeline", Method: http.MethodGet, Path: "/customers/{customer}/timeline", Tag: "customers", Right: org.CustomersRead}, a.getTimeline)
}

type customerListIn struct {
	Paging
	Store Ref[org.Store] `query:"store" doc:"Only those of this store"`
	Owner Ref[org.Staff] `query:"owner" doc:"Only those of this associate"`
}

func (a *API) listCustomers(ctx context.Context, actor org.Actor, in *customerListIn) (*pageOut[Summary], error) {
	after, err := cursor[customer.Cursor](in.After)
	if err != nil {
		return nil, err
	}
	list, next, err := a.Customers.List(ctx, actor, customer.Filter{Store: in.Store.Of, Owner: in.Owner.Of}, after, in.Limit)
	if err != nil {
		return nil, err
	}
	return newPage(each(list, newSummary), next)
}

type searchIn struct {
	Query string `query:"q" required:"true" minLength:"1" maxLength:"100" doc:"Any part of a name, its pinyin or initials, a phone, a card; an e-mail"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

func (a *API) searchCustomers(ctx context.Context, actor org.Actor, in *searchIn) (*pageOut[Summary], error) {
	list, err := a.Customers.Search(ctx, actor, in.Query, in.Limit)
	if err != nil {
		return nil, err
	}
	return newPage(each(list, newSummary), "")
}

type holderIn struct {
	Kind  customer.Kind `query:"kind" enum:"phone,email,wechat" default:"phone"`
	Value string        `query:"value" required:"true" maxLength:"254" doc:"As it was typed, in any form"`
}

type holder struct {
	Taken      bool        `json:"taken"`
	CustomerID customer.ID `json:"customer_id,omitzero" doc:"Whose it is, when the caller may see them"`
	Name       string      `json:"name,omitempty"`
}

func (a *API) findHolder(ctx context.Context, actor org.Actor, in *holderIn) (*one[holder], error) {
	h, err := a.Customers.FindHolder(ctx, actor, in.Kind, in.Value)
	if err != nil || h == nil {
		return &one[holder]{}, err
	}
	return &one[holder]{holder{true, h.ID, h.Name}}, nil
}

// CustomerPath names a customer: one in reach, or the request has ended before.
type CustomerPath struct {
	Customer Ref[customer.Customer] `path:"customer"`
}

type getCustomerIn struct {
	CustomerPath
	Reveal bool   `query:"reveal" doc:"Show contacts and address in full: takes customers.reveal, and is put on record"`
	Why    string `query:"why" maxLength:"200" doc:"What for, on the record"`
}

func (a *API) getCustomer(ctx context.Context, actor org.Actor, in *getCustomerIn) (*one[file], error) {
	var revealed []customer.Contact
	if in.Reveal {
		var err error
		if revealed, err = a.Customers.Reveal(ctx, actor, in.Customer.Of, in.Why); err != nil {
			return nil, err
		}
	}
	f, err := a.Customers.File(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	if in.Reveal {
		f.Contacts = revealed
	}
	return &one[file]{newFile(i18n.From(ctx), f, in.Reveal, actor.May(org.CustomersReveal))}, nil
}

func newFile(p i18n.Printer, f customer.File, revealed, open bool) file {
	c := f.Customer
	out := file{
		Summary:  newSummary(customer.Summary{Customer: c}),
		Contacts: each(f.Contacts, func(k customer.Contact) contact { return newContact(k, revealed) }),
		Facts:    each(f.Facts, func(x customer.Fact) fact { return newFact(x, f.Fields, revealed, open) }),
		Revealed: revealed, Version: c.Version,
	}
	if len(f.Household) > 0 { // the file names those in reach alone
		out.HouseholdID = c.HouseholdID
	}
	if f.Referrer != nil {
		out.ReferrerID = c.ReferrerID
	}
	if c.Birth != (customer.Birth{}) {
		b := birthday(c.Birth)
		out.Birthday = &b
	}
	for _, k := range out.Contacts {
		if k.Kind == customer.Phone && k.Main {
			out.Phone = k.Value
		}
	}
	if f.Question != nil {
		out.Question = &question{f.Question.Code, f.Question.Ask(p)}
	}
	return out
}

func newContact(k customer.Contact, revealed bool) contact {
	value := k.Masked()
	if revealed {
		value = k.Value
	}
	return contact{k.ID, k.Kind, value, k.Label, k.Main}
}

// CustomerFields are those a file can be given or changed.
type CustomerFields struct {
	Name       *string          `json:"name,omitempty" maxLength:"80"`
	Gender     *customer.Gender `json:"gender,omitempty" enum:",female,male"`
	Birthday   *birthday        `json:"birthday,omitempty" doc:"An empty one takes it back"`
	Card       *string          `json:"card,omitempty" maxLength:"40"`
	Contacts   []contactIn      `json:"contacts,omitempty" maxItems:"20" doc:"All of them, the first of a kind being the main one; left out: as they are"`
	StoreID    *org.StoreID     `json:"store_id,omitempty"`
	OwnerID    *org.StaffID     `json:"owner_id,omitempty"`
	ReferrerID *customer.ID     `json:"referrer_id,omitempty"`
	Origin     *customer.Origin `json:"origin,omitempty" enum:"walk_in,referral,event,online,import,other"`
	Facts      []answer         `json:"facts,omitempty" maxItems:"100"`
}

// contactIn is a contact: a new one by kind and value, or one of the file's by
// its id, since a caller may only know it masked.
type contactIn struct {
	ID    customer.ContactID `json:"id,omitempty" doc:"One the file has already"`
	Kind  customer.Kind      `json:"kind,omitempty" enum:"phone,email,wechat"`
	Value string             `json:"value,omitempty" maxLength:"254" doc:"As it was typed: 138 1234 5678"`
	Label string             `json:"label,omitempty" maxLength:"40"`
}

func parseContacts(list []contactIn, has []customer.Contact) ([]customer.Contact, error) {
	var bad errs.Fields
	out := make([]customer.Contact, 0, len(list))
	for _, in := range list {
		if in.ID != 0 {
			i := slices.IndexFunc(has, func(k customer.Contact) bool { return k.ID == in.ID })
			if i < 0 {
				bad.Add("contacts", "api.contact_unknown", "id", in.ID.String())
				continue
			}
			k := has[i]
			if in.Label != "" {
				k.Label = in.Label
			}
			out = append(out, k)
			continue
		}
		k, err := customer.ParseContact(in.Kind, in.Value)
		bad.AddErr("contacts", err)
		k.Label = in.Label
		out = append(out, k)
	}
	return out, bad.Err()
}

type newCustomerIn struct {
	Idempotent
	Body struct {
		CustomerFields
		Note string `json:"note,omitempty" maxLength:"4000"`
	}
}

func (a *API) createCustomer(ctx context.Context, actor org.Actor, in *newCustomerIn) (*one[file], error) {
	b := in.Body
	contacts, err := parseContacts(b.Contacts, nil)
	if err != nil {
		return nil, err
	}
	n := customer.NewCustomer{Contacts: contacts, Answers: each(b.Facts, answer.domain), Note: b.Note, Source: customer.FromAPI}
	set(&n.Name, b.Name)
	set(&n.Gender, b.Gender)
	set(&n.Card, b.Card)
	set(&n.StoreID, b.StoreID)
	set(&n.OwnerID, b.OwnerID)
	set(&n.Referrer, b.ReferrerID)
	set(&n.Origin, b.Origin)
	if b.Birthday != nil {
		n.Birth = customer.Birth(*b.Birthday)
	}
	made, err := makeOnce(ctx, a, in.Idempotent, "create_customer", b, func(ctx context.Context, tx *db.Tx) (customer.ID, error) {
		c, err := a.Customers.CreateTx(ctx, tx, actor, n)
		return c.ID, err
	})
	if err != nil {
		return nil, err
	}
	return a.getCustomer(ctx, actor, &getCustomerIn{CustomerPath: CustomerPath{ref(made)}})
}

type customerIn struct {
	CustomerPath
	Body struct {
		CustomerFields
		VIP     *bool `json:"vip,omitempty"`
		Version int64 `json:"version,omitempty" doc:"The version that was changed: refused when somebody else has changed the file since. Left out: whatever it is now"`
	}
}

func (a *API) updateCustomer(ctx context.Context, actor org.Actor, in *customerIn) (*one[file], error) {
	f, err := a.Customers.File(ctx, actor, in.Customer.Of)
	if err != nil {
		return nil, err
	}
	b, c := in.Body, f.Customer
	e := customer.Edit{
		Name: c.Name, Gender: c.Gender, Birth: c.Birth, Card: c.Card, Contacts: f.Contacts, StoreID: c.StoreID,
		OwnerID: c.OwnerID, Referrer: c.ReferrerID, Origin: c.Origin, VIP: c.VIP, Answers: each(b.Facts, answer.domain), Version: c.Version,
	}
	set(&e.Name, b.Name)
	set(&e.Gender, b.Gender)
	set(&e.Card, b.Card)
	set(&e.StoreID, b.StoreID)
	set(&e.OwnerID, b.OwnerID)
	set(&e.Referrer, b.ReferrerID)
	set(&e.Origin, b.Origin)
	set(&e.VIP, b.VIP)
	if b.Birthday != nil {
		e.Birth = customer.Birth(*b.Birthday)
	}
	if b.Contacts != nil {
		if e.Contacts, err = parseContacts(b.Contacts, f.Contacts); err != nil {
			return nil, err
		}
	}
	if b.Version != 0 {
		e.Version = b.Version
	}
	if _, err := a.Customers.Update(ctx, actor, in.Customer.Of, e); err != nil {
		return nil, err
	}
	return a.getCustomer(ctx, actor, &getCustomerIn{CustomerPath: in.CustomerPath})
}

type householdIn struct {
	CustomerPath
	Body struct {
		With customer.ID `json:"with" doc:"Somebody they live with. Two households become one"`
	}
}

// joinHousehold needs no key: saying it again changes nothing.
func (a *API) joinHousehold(ctx context.Context, actor org.Actor, in *householdIn) (*one[file], error) {
	if in.Body.With == in.Customer.Of {
		var bad errs.Fields
		bad.Add("with", "error.field_invalid")
		return nil, bad.Err()
	}
	if err := a.Customers.SetHousehold(ctx, actor, in.Customer.Of, in.Body.With); err != nil {
		return nil, err
	}
	return a.getCustomer(ctx, actor, &getCustomerIn{CustomerPath: in.CustomerPath})
}

func (a *API) leaveHousehold(ctx context.Context, actor org.Actor, in *CustomerPath) (*nothing, error) {
	_, err := a.Customers.LeaveHousehold(ctx, actor, in.Customer.Of)
	return nil, err
}

type timelineEntry struct {
	At      time.Time          `json:"at"`
	Kind    customer.EntryKind `json:"kind" example:"purchase"`
	Ref     string             `json:"ref" doc:"The id of what it tells of"`
	StoreID org.StoreID        `json:"store_id,omitzero"`
	StaffID org.StaffID        `json:"staff_id,omitzero"`
	Data    map[string]any     `json:"data,omitempty" doc:"What the sentence about it says, by kind"`
}

type timelineIn struct {
	CustomerPath
	Paging
}

func (a *API) getTimeline(ctx context.Context, actor org.Actor, in *timelineIn) (*pageOut[timelineEntry], error) {
	after, err := cursor[customer.TimelineCursor](in.After)
	if err != nil {
		return nil, err
	}
	list, next, err := a.Customers.Timeline(ctx, actor, in.Customer.Of, after, in.Limit)
	if err != nil {
		return nil, err
	}
	return newPage(each(list, func(e customer.Entry) timelineEntry {
		return timelineEntry{e.At, e.Kind, customer.ID(e.Ref).String(), e.Store, e.Staff, e.Data}
	}), next)
}
