package replenish

import (
	"testing"

	"github.com/ricejar/ricejar/btyd/internal/realdata"
)

// december1 is the first day of Online Retail, 2010-12-01, counted from 1970-01-01.
const december1 int32 = 14_944

// retailLines are the clean purchases of UCI Online Retail, but for postage, samples, charges and the like, whose codes
// do not begin with a digit: 396,337 lines.
func retailLines(t testing.TB) (l Lines) {
	t.Helper()
	p := realdata.OnlineRetail(t)
	for i, product := range p.Product {
		if code := p.Products[product]; code[0] >= '0' && code[0] <= '9' {
			l.Customer = append(l.Customer, p.Customer[i])
			l.Product = append(l.Product, product)
			l.Day = append(l.Day, p.Day[i])
		}
	}
	return l
}
