package btyd

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The real files are not part of the project. Where they are absent, a test
// that needs them says so and skips; where they are present they must be right.

// purchases are the events of a real file, and what their numbers stand for.
type purchases struct {
	Events
	customers []string // by customer index, in order of appearance

	// Online Retail only: what was bought, per event (one line of an invoice).
	product  []int32
	products []string
	quantity []int32
}

// Len is the number of customers.
func (p *purchases) Len() int { return len(p.customers) }

// date is the day number of "2006-01-02": days since 1970-01-01, as in all real data here.
func date(s string) int32 {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return int32(t.Unix() / 86400)
}

// cdnowSample is the tenth of the CDNOW cohort that the papers use: 2,357 customers, 6,919 rows,
// 1997-01-01 to 1998-06-30. Customers are numbered from 0, one less than their sample id.
func cdnowSample(t testing.TB) *purchases {
	return present(t, readSample)
}

// cdnowMaster is the whole CDNOW cohort: 23,570 customers, 69,659 rows, the same dates.
// Customers are numbered from 0, one less than their id.
func cdnowMaster(t testing.TB) *purchases {
	return present(t, readMaster)
}

// onlineRetail are the clean purchases of UCI Online Retail, line by line: a customer, a
// positive quantity and a positive price; 397,884 lines of 4,338 customers,
// 2010-12-01 to 2011-12-09. Products are stock codes as written.
func onlineRetail(t testing.TB) *purchases {
	return present(t, readRetail)
}

// present is what read gives; the test is skipped where the file is absent.
func present(t testing.TB, read func() (*purchases, error)) *purchases {
	t.Helper()
	p, err := read()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the real data are absent: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var (
	readSample = sync.OnceValues(func() (*purchases, error) { return readCDNOW("CDNOW_sample.txt", 0, 2, 4) })
	readMaster = sync.OnceValues(func() (*purchases, error) { return readCDNOW("CDNOW_master.txt", 1, 1, 3) })
	readRetail = sync.OnceValues(readOnlineRetail)
)

func openData(name ...string) (*os.File, error) {
	return os.Open(filepath.Join(append([]string{"..", "..", "shared", "data"}, name...)...))
}

// readCDNOW reads a file of columns parted by blanks: customers by the first column (they are
// in order), the day in column day, counted from 0, dollars in column spend.
func readCDNOW(name string, header, day, spend int) (*purchases, error) {
	f, err := openData("cdnow", name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &purchases{}
	lines := bufio.NewScanner(f)
	for n := 0; lines.Scan(); n++ {
		if n < header {
			continue
		}
		fields := strings.Fields(lines.Text())
		if len(fields) <= spend {
			return nil, fmt.Errorf("%s line %d: %q", name, n+1, lines.Text())
		}
		if k := len(p.customers); k == 0 || p.customers[k-1] != fields[0] {
			p.customers = append(p.customers, fields[0])
		}
		on, err := time.Parse("20060102", fields[day])
		if err != nil {
			return nil, fmt.Errorf("%s line %d: %w", name, n+1, err)
		}
		dollars, err := strconv.ParseFloat(fields[spend], 64)
		if err != nil {
			return nil, fmt.Errorf("%s line %d: %w", name, n+1, err)
		}
		p.Customer = append(p.Customer, int32(len(p.customers)-1))
		p.Day = append(p.Day, int32(on.Unix()/86400))
		p.Spend = append(p.Spend, dollars)
	}
	return p, lines.Err()
}

func readOnlineRetail() (*purchases, error) {
	f, err := openData("online-retail", "online-retail.csv.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	plain, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	p := &purchases{}
	customers, products, days := numbering{}, numbering{}, map[string]int32{}
	rows := csv.NewReader(plain)
	rows.ReuseRecord = true
	if _, err := rows.Read(); err != nil {
		return nil, err
	}
	for {
		// InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		quantity, err := strconv.Atoi(row[3])
		if err != nil {
			return nil, err
		}
		price, err := strconv.ParseFloat(row[5], 64)
		if err != nil {
			return nil, err
		}
		if row[6] == "" || quantity <= 0 || price <= 0 {
			continue
		}
		day, ok := days[row[4][:10]]
		if !ok {
			day = date(row[4][:10])
			days[strings.Clone(row[4][:10])] = day
		}
		p.Customer = append(p.Customer, customers.of(row[6]))
		p.Day = append(p.Day, day)
		p.Spend = append(p.Spend, float64(quantity)*price)
		p.product = append(p.product, products.of(row[1]))
		p.quantity = append(p.quantity, int32(quantity))
	}
	p.customers, p.products = customers.names(), products.names()
	return p, nil
}

// numbering numbers names from 0 in order of appearance.
type numbering map[string]int32

func (n numbering) of(name string) int32 {
	i, ok := n[name]
	if !ok {
		i = int32(len(n))
		n[strings.Clone(name)] = i
	}
	return i
}

func (n numbering) names() []string {
	names := make([]string, len(n))
	for name, i := range n {
		names[i] = name
	}
	return names
}

func TestRealData_is_what_its_description_says(t *testing.T) {
	for _, c := range []struct {
		name            string
		data            func(testing.TB) *purchases
		customers, rows int
		spend           float64
		first, last     string
	}{
		{"CDNOW sample", cdnowSample, 2357, 6919, 244091.94, "1997-01-01", "1998-06-30"},
		{"CDNOW master", cdnowMaster, 23570, 69659, 2500315.63, "1997-01-01", "1998-06-30"},
		{"Online Retail", onlineRetail, 4338, 397884, 8911407.90, "2010-12-01", "2011-12-09"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := c.data(t)
			if got := p.Len(); got != c.customers {
				t.Errorf("customers: got %d, want %d", got, c.customers)
			}
			if got := len(p.Customer); got != c.rows {
				t.Errorf("rows: got %d, want %d", got, c.rows)
			}
			sum, first, last := 0.0, p.Day[0], p.Day[0]
			for i, s := range p.Spend {
				sum += s
				first, last = min(first, p.Day[i]), max(last, p.Day[i])
			}
			if d := sum - c.spend; d > 0.01 || d < -0.01 {
				t.Errorf("spend: got %.2f, want %.2f", sum, c.spend)
			}
			if first != date(c.first) || last != date(c.last) {
				t.Errorf("days: got %d to %d, want %d to %d", first, last, date(c.first), date(c.last))
			}
		})
	}
}
