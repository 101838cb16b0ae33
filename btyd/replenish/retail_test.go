package replenish

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
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

// december1 is the first day of Online Retail, 2010-12-01, counted from 1970-01-01.
const december1 int32 = 14_944

// retailLines are the lines of UCI Online Retail, 2010-12-01 to 2011-12-09, with a customer, a positive quantity and
// a positive price, but for postage, samples, charges and the like, whose codes do not begin
// with a digit: 396,337 lines. The real data are not part of the project: where they are
// absent, the test says so and is skipped.
func retailLines(t testing.TB) Lines {
	t.Helper()
	l, err := readRetail()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the real data are absent: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var readRetail = sync.OnceValues(func() (l Lines, err error) {
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "online-retail", "online-retail.csv.gz"))
	if err != nil {
		return l, err
	}
	defer f.Close()
	plain, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return l, err
	}
	customers, products := map[string]int32{}, map[string]int32{}
	number := func(of map[string]int32, name string) int32 {
		i, ok := of[name]
		if !ok {
			i = int32(len(of))
			of[strings.Clone(name)] = i
		}
		return i
	}
	rows := csv.NewReader(plain)
	rows.ReuseRecord = true
	if _, err := rows.Read(); err != nil { // the names of the columns
		return l, err
	}
	for {
		// InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return l, err
		}
		quantity, err := strconv.Atoi(row[3])
		if err != nil {
			return l, err
		}
		price, err := strconv.ParseFloat(row[5], 64)
		if err != nil {
			return l, err
		}
		if row[6] == "" || quantity <= 0 || price <= 0 || row[1][0] < '0' || row[1][0] > '9' {
			continue
		}
		day, err := time.Parse(time.DateOnly, row[4][:10])
		if err != nil {
			return l, err
		}
		l.Customer = append(l.Customer, number(customers, row[6]))
		l.Product = append(l.Product, number(products, row[1]))
		l.Day = append(l.Day, int32(day.Unix()/86400))
	}
	return l, nil
})
