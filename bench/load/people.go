package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/pinyin"
)

// person is somebody at a browser.
type person struct {
	login     string
	customers []customer // some of those they may see
	deep      string     // address of their list's thousandth page; empty: it has fewer

	base   string
	client *http.Client
}

type customer struct{ id, name, phone string }

// perPerson is how many customers a person's requests are about.
const perPerson = 3000

// suggestions is where the search box asks.
const suggestions = "/customers/search"

// pageSize is how many customers a page of the list holds.
const pageSize = 40

// choosePeople finds what each person who can sign in may see: an associate their
// own customers, a manager the store's, the administrator anybody.
func choosePeople(ctx context.Context, d *db.DB) ([]person, error) {
	var list []person
	for _, q := range []struct{ login, query string }{
		{"associate", `SELECT customer_id FROM customer WHERE owner_id = (SELECT staff_id FROM credential WHERE login = 'associate')
			ORDER BY updated_at DESC, customer_id DESC LIMIT ?`},
		{"manager", `SELECT customer_id FROM customer WHERE store_id = (SELECT s.store_id FROM staff s JOIN credential x ON x.staff_id = s.id
			WHERE x.login = 'manager') ORDER BY updated_at DESC, customer_id DESC LIMIT ?`},
	} {
		ids, err := db.All(ctx, d, db.Value[int64], q.query, perPerson)
		if err != nil {
			return nil, err
		}
		if len(ids) == 0 {
			return nil, fmt.Errorf("%s has no customers: fill the database with bench/generate", q.login)
		}
		p := person{login: q.login}
		if p.customers, err = named(ctx, d, ids); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	admin := person{login: "administrator"}
	var err error
	if admin.customers, err = anybody(ctx, d); err != nil {
		return nil, err
	}
	if admin.deep, err = deepPage(ctx, d); err != nil {
		return nil, err
	}
	return append(list, admin), nil
}

// named are the customers with these ids.
func named(ctx context.Context, d *db.DB, ids []int64) ([]customer, error) {
	list := make([]customer, len(ids))
	for i, id := range ids {
		c, err := db.One(ctx, d, func(row db.Scanner) (c customer, err error) {
			var number string
			err = row.Scan(&c.name, &number)
			c.id, c.phone = strconv.FormatInt(id, 10), phone.Number(number).National()
			return c, err
		}, `SELECT c.name, (SELECT k.value FROM contact k WHERE k.customer_id = ? AND k.kind = 'phone' ORDER BY k.id LIMIT 1)
			FROM customer c WHERE c.customer_id = ?`, id, id)
		if err != nil {
			return nil, err
		}
		list[i] = c
	}
	return list, nil
}

// anybody are customers from all over the table: their pages are in no cache.
func anybody(ctx context.Context, d *db.DB) ([]customer, error) {
	var ends [2]int64
	for i, query := range []string{
		`SELECT customer_id FROM customer ORDER BY customer_id LIMIT 1`, `SELECT customer_id FROM customer ORDER BY customer_id DESC LIMIT 1`,
	} {
		var err error
		if ends[i], err = db.One(ctx, d, db.Value[int64], query); err != nil {
			return nil, err
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var ids []int64
	for range perPerson {
		id, err := db.One(ctx, d, db.Value[int64], `SELECT customer_id FROM customer WHERE customer_id >= ? ORDER BY customer_id LIMIT 1`,
			ends[0]+rng.Int64N(ends[1]-ends[0]+1))
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return named(ctx, d, ids)
}

// deepPage walks down the list as a reader would, page by page.
func deepPage(ctx context.Context, d *db.DB) (string, error) {
	type row struct{ at, id int64 }
	at := row{1 << 62, 1 << 62}
	for n := 0; n < 999*pageSize; {
		page, err := db.All(ctx, d, func(r db.Scanner) (x row, err error) {
			err = r.Scan(&x.at, &x.id)
			return x, err
		}, `SELECT updated_at, customer_id FROM customer WHERE (updated_at, customer_id) < (?, ?)
			ORDER BY updated_at DESC, customer_id DESC LIMIT ?`, at.at, at.id, min(9990, 999*pageSize-n))
		if err != nil || len(page) == 0 {
			return "", err
		}
		n += len(page)
		at = page[len(page)-1]
	}
	return fmt.Sprintf("/customers?after=%d-%d", at.at, at.id), nil
}

// signIn signs the person in with a browser of their own.
func (p *person) signIn(ctx context.Context, base, password string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	p.base = base
	p.client = &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	if _, err := p.post(ctx, "/sign-in", url.Values{"login": {p.login}, "password": {password}}); err != nil {
		return err
	}
	if _, err := p.get(ctx, "/customers"); err != nil {
		return fmt.Errorf("%s could not sign in: %w", p.login, err)
	}
	return nil
}

// took is how long an answer took: to its first byte by the server's own
// account, and whole as the client saw it.
type took struct{ server, whole time.Duration }

func (p *person) get(ctx context.Context, path string) (took, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, nil)
	if err != nil {
		return took{}, err
	}
	return p.do(req)
}

func (p *person) post(ctx context.Context, path string, form url.Values) (took, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return took{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(req)
}

// do sends a request as a browser would, reads the answer to its end, and does
// not unpack what is compressed: that is the browser's time.
func (p *person) do(req *http.Request) (took, error) {
	req.Header.Set("Accept-Encoding", "gzip, br")
	req.Header.Set("Accept-Language", "zh-CN")
	if req.URL.Path == suggestions {
		req.Header.Set("HX-Request", "true") // the search box asks for a part of a page
	}
	client := *p.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	begun := time.Now()
	res, err := client.Do(req)
	if err != nil {
		return took{}, err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return took{}, err
	}
	t := took{whole: time.Since(begun)}
	wantStatus := http.StatusOK
	if req.Method == http.MethodPost {
		wantStatus = http.StatusSeeOther
	}
	if res.StatusCode != wantStatus {
		return t, fmt.Errorf("%s %s: %s", req.Method, req.URL.Path, res.Status)
	}
	_, dur, ok := strings.Cut(res.Header.Get("Server-Timing"), "dur=")
	ms, err := strconv.ParseFloat(dur, 64)
	if !ok || err != nil {
		return t, fmt.Errorf("%s: no Server-Timing", req.URL.Path)
	}
	t.server = time.Duration(ms * float64(time.Millisecond))
	return t, nil
}

// typed are the requests of the search box while somebody is looked for: by
// name, by pinyin initials, or by the last digits of the phone.
func (c customer) typed(rng *rand.Rand) []string {
	var word string
	switch rng.IntN(3) {
	case 0:
		word = c.name
	case 1:
		word = initials(c.name)
	default:
		word = c.phone[len(c.phone)-4:]
	}
	var list []string
	for i, r := range word {
		end := i + len(string(r))
		if end < 2 {
			continue // the box waits for a second letter
		}
		list = append(list, word[:end])
	}
	return list
}

func initials(name string) string {
	var s string
	for _, syllable := range pinyin.Syllables(name) {
		s += syllable[:1]
	}
	return s
}
