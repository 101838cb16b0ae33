package factors_test

import (
	"math"
	"testing"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/insight/factors"
)

func TestWhatIf_refuses_what_cannot_be(t *testing.T) {
	example := factors.Mix{New: factors.Traffic{Visitors: 4000, Conversion: 0.1, Ticket: 50_000}, Old: factors.Traffic{Visitors: 1000, Conversion: 0.6, Ticket: 100_000}}
	if e, err := factors.WhatIf(example, example); err != nil || e.From != 80_000_000 || e.Difference != 0 {
		t.Errorf("got %+v, %v", e, err)
	}
	for _, wrong := range []factors.Traffic{
		{Visitors: -1, Conversion: 0.1, Ticket: 100}, {Visitors: 1, Conversion: math.NaN(), Ticket: 1}, {Visitors: math.Inf(1), Conversion: 1, Ticket: 1},
		{Visitors: 1e12, Conversion: 1e12, Ticket: 1e14}, {Visitors: math.Inf(1), Conversion: 0, Ticket: 1},
	} {
		if _, err := factors.WhatIf(example, factors.Mix{New: wrong}); !errs.Is(err, errs.Invalid) {
			t.Errorf("%+v: got %v, want it refused", wrong, err)
		}
		if _, err := factors.WhatIf(factors.Mix{Old: wrong}, example); !errs.Is(err, errs.Invalid) {
			t.Errorf("%+v: got %v, want it refused", wrong, err)
		}
	}
}
