package purchase

import (
	"math"
	"strconv"
	"testing"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/org"
)

// TestTheRealFileGivesTheValuesOfIndependentScripts imports 541,909 lines and
// compares the report with what others computed from the same file.
func TestTheRealFileGivesTheValuesOfIndependentScripts(t *testing.T) {
	f := realFile(t)
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := setup(t, d)
		rep, err := s.Import(ctxOf(t), org.System, f, realOptions, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c := rep.Run.Counts; c.Rows != 541909 || c.ProblemRows != 0 || c.ReceiptsNew != 25900 || c.CustomersNew != 4372 || c.Lines != 541909 {
			t.Errorf("the import counts %+v", c)
		}
		checkReal(t, s)
		again, err := s.Import(ctxOf(t), org.System, f, realOptions, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c := again.Run.Counts; c.Changed() || c.ReceiptsUnchanged != 25900 || c.ProblemRows != 0 {
			t.Errorf("the second import counts %+v", c)
		}
		checkReal(t, s)
	})
}

func checkReal(t *testing.T, s *Service) {
	t.Helper()
	r, err := s.Purchases(ctxOf(t), org.System)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string][2]int64{
		"lines": {r.Lines, 541909}, "receipts": {r.Receipts, 25900}, "returns": {r.Returns, 3836}, "customers": {r.Customers, 4372},
		"products": {r.Products, 4070}, "lines without a customer": {r.LinesNoCustomer, 135080},
		"clean lines": {r.Clean.Lines, 397884}, "clean receipts": {r.Clean.Receipts, 18532}, "clean customers": {r.Clean.Customers, 4338},
	} {
		if v[0] != v[1] {
			t.Errorf("%s: got %d, want %d", name, v[0], v[1])
		}
	}
	for name, v := range map[string]struct {
		got  string
		want float64
	}{
		"net": {r.NetTotal.String(), 9747747.93}, "net of customers": {r.NetTotalCustomer.String(), 8300065.81}, "clean total": {r.Clean.Total.String(), 8911407.90},
	} {
		if got, err := strconv.ParseFloat(v.got, 64); err != nil || math.Abs(got-v.want) > 1 {
			t.Errorf("%s: got %s, want %.2f to within 1.00", name, v.got, v.want)
		}
	}
	if math.Abs(r.Clean.TopShare-0.4144) > 0.00005 || math.Abs(r.Clean.RepeatShare-0.6558) > 0.00005 {
		t.Errorf("shares: got %.5f and %.5f, want 0.4144 and 0.6558", r.Clean.TopShare, r.Clean.RepeatShare)
	}
}
