package purchase

import (
	"strings"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/money"
)

// understood keeps the first rows of a dry run as they were understood.
func (im *importing) understood(row int, o *openReceipt, d *reading) {
	if !im.dry || len(im.report.Preview) >= previewRows {
		return
	}
	l := &d.line
	f := map[string]string{
		fieldReceipt: o.number, fieldStore: o.store.Code, fieldQuantity: money.Quantity(l.quantity).String(), fieldUnitPrice: money.Price(l.price).String(),
		fieldAmount: money.Decimal(l.amount, d.currency), fieldCurrency: string(d.currency),
		fieldSoldAt: db.Time(d.soldAt).In(o.store.clock.zone).Format("2006-01-02 15:04:05"), fieldProduct: l.text, fieldDeliveredOn: d.delivered,
	}
	if l.product != nil {
		f[fieldSKU], f[fieldCategory] = l.product.sku, l.product.category
		if l.text == "" {
			f[fieldProduct] = l.product.name
		}
	}
	f[fieldCustomer], f[fieldPhone], f[fieldName] = o.who.Card, o.who.Phone.Masked(), o.who.Name
	im.preview(row, f)
}

// understoodCustomer does the same for a row of a file of customers.
func (im *importing) understoodCustomer(c *customerRow) {
	if !im.dry || len(im.report.Preview) >= previewRows {
		return
	}
	f := map[string]string{fieldName: c.patch.Name, fieldCard: c.patch.Card, fieldGender: string(c.patch.Gender), fieldBirthday: c.patch.Birth.Key(),
		fieldNote: c.patch.Note}
	for _, k := range c.patch.Contacts {
		field := fieldPhone
		if k.Kind == customer.Email {
			field = fieldEmail
		}
		f[field] = strings.TrimPrefix(f[field]+", "+k.Masked(), ", ")
	}
	for _, a := range c.patch.Answers {
		f[a.Field] = a.Value
	}
	im.preview(c.row, f)
}

func (im *importing) preview(row int, fields map[string]string) {
	for k, v := range fields {
		if v == "" {
			delete(fields, k)
		}
	}
	im.report.Preview = append(im.report.Preview, PreviewRow{row, fields})
}
