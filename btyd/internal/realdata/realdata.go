// Package realdata reads the real files that tests are checked against. They are not part of the project: where they are absent, a
// test that needs them says so and skips; where they are present they must be right.
package realdata

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

// Purchases are the rows of a real file, column by column, in its order.
type Purchases struct {
	Customer  []int32 // index of Customers
	Day       []int32 // since 1970-01-01
	Spend     []float64
	Customers []string // in order of appearance

	// Online Retail only: what was bought, by the line of an invoice.
	Product  []int32 // index of Products
	Products []string
}

// Date is the day number of "2006-01-02".
func Date(s string) int32 {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return int32(t.Unix() / 86400)
}

// CDNOWSample is the tenth of the CDNOW cohort that the papers use: 2,357 customers, 6,919 rows,
// 1997-01-01 to 1998-06-30. Customers are numbered from 0, one less than their sample id.
func CDNOWSample(t testing.TB) *Purchases { return present(t, readSample) }

// CDNOWMaster is the whole CDNOW cohort: 23,570 customers, 69,659 rows, the same dates.
// Customers are numbered from 0, one less than their id.
func CDNOWMaster(t testing.TB) *Purchases { return present(t, readMaster) }

// OnlineRetail are the clean purchases of UCI Online Retail, line by line: a customer, a
// positive quantity and a positive price; 397,884 lines of 4,338 customers,
// 2010-12-01 to 2011-12-09. Products are stock codes as written.
func OnlineRetail(t testing.TB) *Purchases { return present(t, readRetail) }

// present is what read gives; the test is skipped where the file is absent.
func present(t testing.TB, read func() (*Purchases, error)) *Purchases {
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
	readSample = sync.OnceValues(func() (*Purchases, error) { return readCDNOW("CDNOW_sample.txt", 0, 2, 4) })
	readMaster = sync.OnceValues(func() (*Purchases, error) { return readCDNOW("CDNOW_master.txt", 1, 1, 3) })
	readRetail = sync.OnceValues(readOnlineRetail)
)

// openData opens a file beside the project, which is the nearest folder above with a go.mod.
func openData(name ...string) (*os.File, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for root != filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		root = filepath.Dir(root)
	}
	return os.Open(filepath.Join(append([]string{root, "..", "shared", "data"}, name...)...))
}

// readCDNOW reads a file of columns parted by blanks: customers by the first column (they are
// in order), the day in column day, counted from 0, dollars in column spend.
func readCDNOW(name string, header, day, spend int) (*Purchases, error) {
	f, err := openData("cdnow", name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &Purchases{}
	lines := bufio.NewScanner(f)
	for n := 0; lines.Scan(); n++ {
		if n < header {
			continue
		}
		fields := strings.Fields(lines.Text())
		if len(fields) <= spend {
			return nil, fmt.Errorf("%s line %d: %q", name, n+1, lines.Text())
		}
		if k := len(p.Customers); k == 0 || p.Customers[k-1] != fields[0] {
			p.Customers = append(p.Customers, fields[0])
		}
		on, err := time.Parse("20060102", fields[day])
		if err != nil {
			return nil, fmt.Errorf("%s line %d: %w", name, n+1, err)
		}
		dollars, err := strconv.ParseFloat(fields[spend], 64)
		if err != nil {
			return nil, fmt.Errorf("%s line %d: %w", name, n+1, err)
		}
		p.Customer = append(p.Customer, int32(len(p.Customers)-1))
		p.Day = append(p.Day, int32(on.Unix()/86400))
		p.Spend = append(p.Spend, dollars)
	}
	return p, lines.Err()
}

func readOnlineRetail() (*Purchases, error) {
	f, err := openData("online-retail", "online-retail.csv.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	plain, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	p := &Purchases{}
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
			day = Date(row[4][:10])
			days[strings.Clone(row[4][:10])] = day
		}
		p.Customer = append(p.Customer, customers.of(row[6]))
		p.Day = append(p.Day, day)
		p.Spend = append(p.Spend, float64(quantity)*price)
		p.Product = append(p.Product, products.of(row[1]))
	}
	p.Customers, p.Products = customers.names(), products.names()
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
