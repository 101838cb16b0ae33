package basket

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
)

func TestUsualOf_is_the_price_half_of_the_lines_reached(t *testing.T) {
	for _, tc := range []struct {
		name   string
		prices []Price
		want   int64
	}{
		{"one price", []Price{{100, 3}}, 100},
		{"mostly the full price", []Price{{80, 2}, {100, 3}}, 100},
		{"mostly reduced", []Price{{100, 2}, {80, 3}}, 80},
		{"half and half", []Price{{80, 2}, {100, 2}}, 100},
		{"none", nil, 0},
	} {
		if got := UsualOf(tc.prices).Price; got != tc.want {
			t.Errorf("%s: got %d, want %d", tc.name, got, tc.want)
		}
	}
	if IsLow(95, 100) || !IsLow(94, 100) {
		t.Error("a price is low from more than a twentieth below the usual one")
	}
}

func TestLinesAreDealtToPartsCustomerByCustomer(t *testing.T) {
	l := &Lines{customers: []customer.ID{1, 2, 3}, start: []int32{0, 2, 3, 5}, product: []int32{0, 1, 0, 1, 1}, day: []int32{1, 2, 3, 4, 5}}
	part, rows := l.Part(0, 2)
	same(t, "rows", rows, []int{0, 2})
	same(t, "customers", part.Customer, []int32{0, 0, 1, 1})
	same(t, "products", part.Product, []int32{0, 1, 1, 1})
	same(t, "days", part.Day, []int32{1, 2, 4, 5})
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
