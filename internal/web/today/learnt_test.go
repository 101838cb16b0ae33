package today_test

import (
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// stranger is a customer of Li's of whom little is known, with a task.
func (s shop) stranger(in customer.NewCustomer) (c customer.Customer, at string) {
	s.t.Helper()
	c, err := s.customers.Create(s.t.Context(), s.li, in)
	if err != nil {
		s.t.Fatal(err)
	}
	bed := int64(100000)
	_, err = s.care.Purchases.Record(s.t.Context(), org.System, purchase.NewReceipt{
		Store: s.li.Staff.StoreID, SoldAt: now.AddDate(0, 0, -20), Customer: c.ID, DeliveredOn: "2026-11-15",
		Lines: []purchase.NewLine{{SKU: "BED", Name: "橡木床", Quantity: money.One, Amount: &bed}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.plan()
	list, err := s.care.Open(s.t.Context(), s.li, c.ID)
	if err != nil || len(list) != 1 {
		s.t.Fatalf("open tasks: %v, %v; want one", list, err)
	}
	return c, "/today/" + c.ID.String() + "/" + list[0].ID.String() + "/outcome"
}

func (s shop) file(c customer.Customer) customer.File {
	s.t.Helper()
	f, err := s.customers.File(s.t.Context(), s.li, c.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

func TestQuestion_about_the_birthday_is_answered_where_the_call_is(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		k, err := customer.ParseContact(customer.Phone, "13712345678")
		if err != nil {
			t.Fatal(err)
		}
		c, at := s.stranger(customer.NewCustomer{Name: "赵云", Contacts: []customer.Contact{k}})
		page := s.site.As(s.li).Get("/today").Want(200)
		if n := page.Count("[data-question] select[name=birth_month]"); n != 1 {
			t.Fatalf("%d questions about a birthday, want one", n)
		}
		bad := s.site.As(s.li).Post(at, "outcome", "done", "field", "birthday", "birth_calendar", "solar", "birth_month", "2", "birth_day", "30").Want(422)
		bad.WantText("[data-question]", "没有这样的生日")
		s.site.As(s.li).Post(at, "outcome", "done", "field", "birthday", "birth_calendar", "lunar", "birth_month", "8", "birth_day", "15").WantRedirect("/today")
		if got := s.file(c).Customer.Birth.Key(); got != "l-08-15" {
			t.Errorf("the birthday noted is %q", got)
		}
	})
}

func TestQuestion_about_a_name_or_phone_is_answered_where_the_call_is(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c, at := s.stranger(customer.NewCustomer{Card: "A100"})
		s.site.As(s.li).Post(at, "outcome", "no_answer", "field", "name", "answer", "孙尚香").WantRedirect("/today")
		if got := s.file(c).Customer.Name; got != "孙尚香" {
			t.Errorf("the name noted is %q", got)
		}
		d, at := s.stranger(customer.NewCustomer{Name: "周瑜"})
		s.site.As(s.li).Post(at, "outcome", "no_answer", "field", "phone", "answer", "12").Want(422)
		s.site.As(s.li).Post(at, "outcome", "no_answer", "field", "phone", "answer", "138 1234 5678").Want(422).WantText("[data-question]", "王晓东")
		s.site.As(s.li).Post(at, "outcome", "no_answer", "field", "phone", "answer", "136 1234 5678").WantRedirect("/today")
		if got := s.file(d).Contacts; len(got) != 1 || got[0].Value != "+8613612345678" {
			t.Errorf("the phone noted is %v", got)
		}
		e, at := s.stranger(customer.NewCustomer{Name: "鲁肃"})
		s.site.As(s.li).Post(at, "outcome", "done", "field", "phone", "refused", "1").WantRedirect("/today")
		if f := s.file(e); f.Question == nil || f.Question.Code == customer.FieldPhone {
			t.Error("somebody who would rather not tell is asked again")
		}
	})
}
