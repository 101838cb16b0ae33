package today

import (
	"context"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/i18n"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/ui"
)

// learnt is what the customer said to the one question, if it was asked: a fact,
// or what stands in the head of their file.
func learnt(f *form.Form) (*customer.Answer, *customer.Patch) {
	field, said := f.Text("field"), answer(f)
	if f.Bool("refused") && field != "" {
		return &customer.Answer{Field: field, Refused: true}, nil
	}
	switch field {
	case customer.FieldBirthday:
		if b := birthday(f); b != (customer.Birth{}) {
			return nil, &customer.Patch{Birth: b}
		}
		return nil, nil
	case customer.FieldPhone:
		k := form.Parse(f, "answer", func(s string) (customer.Contact, error) { return customer.ParseContact(customer.Phone, s) })
		if k != (customer.Contact{}) {
			return nil, &customer.Patch{Contacts: []customer.Contact{k}}
		}
		return nil, nil
	}
	switch {
	case said == "" || field == "":
		return nil, nil
	case field == customer.FieldName:
		return nil, &customer.Patch{Name: said}
	case field == customer.FieldGender:
		return nil, &customer.Patch{Gender: customer.Gender(said)}
	}
	return &customer.Answer{Field: field, Value: said}, nil
}

// answer is what was tapped or written; several choices stand on lines.
func answer(f *form.Form) (said string) {
	for _, v := range f.All("answer") {
		if said != "" && v != "" {
			said += "\n"
		}
		said += v
	}
	return said
}

// birthday is a birthday as it was chosen: the year is not asked for here.
func birthday(f *form.Form) customer.Birth {
	month, dom := int(f.Int("birth_month")), int(f.Int("birth_day"))
	if month == 0 && dom == 0 {
		return customer.Birth{}
	}
	b := customer.Birth{Calendar: customer.Solar, Month: month, Day: dom}
	if f.Text("birth_calendar") == string(customer.Lunar) {
		b.Calendar = customer.Lunar
	}
	if b.Check() != nil {
		f.Wrong(customer.FieldBirthday, "day.no_such_birthday")
	}
	return b
}

// calendars are the two calendars a birthday is kept by.
func calendars(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(customer.Solar), Label: i18n.T(ctx, "today.solar")},
		{Value: string(customer.Lunar), Label: i18n.T(ctx, "today.lunar")},
	}
}

// upTo are the numbers to choose from, none of them first.
func upTo(none string, n int) []ui.Option {
	list := []ui.Option{{Label: none}}
	for i := range n {
		list = append(list, ui.Option{Value: strconv.Itoa(i + 1), Label: strconv.Itoa(i + 1)})
	}
	return list
}
