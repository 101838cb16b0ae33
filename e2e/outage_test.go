package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// person is somebody signed in who uses the program from a script.
type person struct {
	client http.Client
	base   string
}

// reply is what came back, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request; a body is JSON, or a form when it is url.Values.
func (p *person) ask(method, path string, body any, headers ...string) (reply, error) {
	kind, raw := "", []byte(nil)
	switch body := body.(type) {
	case nil:
	case url.Values:
		kind, raw = "application/x-www-form-urlencoded", []byte(body.Encode())
	default:
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return reply{}, err
		}
		kind = "application/json"
	}
	r, err := http.NewRequest(method, p.base+path, bytes.NewReader(raw))
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := p.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(text)}, err
}

var firstPassword = regexp.MustCompile(`First password of \w+: (\S+)`)

// administrator is added on the command line, signs in and chooses a password.
func administrator(t *testing.T, database, base string) *person {
	t.Helper()
	add := exec.Command(builtProgram(t), "user", "add", "boss", "--name", "Boss", "--role", "administrator", "--db", database)
	add.Env = append(add.Environ(), "RICEJAR_LANG=en")
	out, err := add.CombinedOutput()
	password := firstPassword.FindSubmatch(out)
	if err != nil || password == nil {
		t.Fatalf("add an administrator: %v\n%s", err, out)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{client: http.Client{Jar: jar, Timeout: patience}, base: base}
	old := string(password[1])
	for _, form := range []struct {
		path string
		url.Values
	}{
		{"/sign-in", url.Values{"login": {"boss"}, "password": {old}}},
		{"/account/password", url.Values{"old": {old}, "password": {demoPassword}, "again": {demoPassword}}},
	} {
		if r, err := p.ask(http.MethodPost, form.path, form.Values); err != nil || r.status != http.StatusOK {
			t.Fatalf("%s: %d, %v\n%s", form.path, r.status, err, r.body)
		}
	}
	return p
}

// TestPostgreSQLGoneUnderLoadLosesNoNoteThatWasAnswered takes the database away,
// as a crash does, while people read and one writes, and gives it back.
func TestPostgreSQLGoneUnderLoadLosesNoNoteThatWasAnswered(t *testing.T) {
	const outages, readers, notesBetween = 3, 4, 15
	cluster, err := dbtest.StartCluster()
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.KeepAlive(cluster) // it ends when it is collected
	// From its first start on, a crash loses nothing that was committed.
	if err := cluster.Restart(); err != nil {
		t.Fatal(err)
	}
	database := cluster.URL("postgres")
	var imported struct{ Changed bool }
	printed(t, database, &imported, "import", "receipts", till(t, 10), "--store", "S1", "--currency", "CNY", "--tz", "Asia/Shanghai")
	server, err := start(builtProgram(t), "serve", "--db", database, "--addr", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.kill()
	boss := administrator(t, database, server.url)

	r, err := boss.ask(http.MethodGet, "/api/v1/customers", nil)
	var list struct{ Items []struct{ ID string } }
	if err != nil || json.Unmarshal([]byte(r.body), &list) != nil || len(list.Items) == 0 {
		t.Fatalf("customers: %d, %v\n%s", r.status, err, r.body)
	}
	customer := list.Items[0].ID

	// failed checks an answer that is none: a sentence, and when to come back.
	var refused atomic.Int64
	failed := func(what string, r reply) {
		if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" || !strings.Contains(r.body, "connection to the database was lost") {
			t.Errorf("%s: %d, Retry-After %q\n%.600s", what, r.status, r.header.Get("Retry-After"), r.body)
		}
		refused.Add(1)
	}
	stop := make(chan struct{})
	ended := func() bool {
		select {
		case <-stop:
			return true
		default:
			return false
		}
	}
	var load sync.WaitGroup
	for i := range readers {
		load.Go(func() {
			path := []string{"/customers/" + customer, "/api/v1/customers/" + customer, "/customers", "/today"}[i%4]
			for !ended() && !t.Failed() {
				switch r, err := boss.ask(http.MethodGet, path, nil); {
				case err != nil:
					t.Errorf("%s: %v", path, err)
				case r.status != http.StatusOK:
					failed(path, r)
				}
			}
		})
	}
	var written atomic.Int64 // notes that were answered
	load.Go(func() {
		for n := 0; !ended(); n++ {
			note := map[string]string{"body": fmt.Sprintf("note %d", n)}
			for begun := time.Now(); ; { // with one key: the answer may be what was lost
				r, err := boss.ask(http.MethodPost, "/api/v1/customers/"+customer+"/notes", note, "Idempotency-Key", fmt.Sprintf("note-%d", n))
				if err != nil {
					t.Errorf("note %d: %v", n, err)
				} else if r.status == http.StatusCreated {
					break
				} else {
					failed("a note", r)
				}
				if t.Failed() || time.Since(begun) > 2*patience {
					t.Errorf("note %d was never taken", n)
					return
				}
			}
			written.Add(1)
		}
	})

	until := func(what string, c *atomic.Int64, n int64) {
		t.Helper()
		for deadline := time.Now().Add(patience); c.Load() < n && !t.Failed(); {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d, want %d", what, c.Load(), n)
			}
			time.Sleep(time.Millisecond) // the load decides when
		}
	}
	for range outages {
		until("notes", &written, written.Load()+notesBetween)
		if err := cluster.Stop(); err != nil {
			t.Fatal(err)
		}
		until("refused", &refused, refused.Load()+2*readers)
		if r, err := boss.ask(http.MethodGet, "/healthz", nil); err != nil {
			t.Error(err)
		} else {
			failed("/healthz", r)
		}
		if err := cluster.Start(); err != nil {
			t.Fatal(err)
		}
	}
	until("notes", &written, written.Load()+notesBetween)
	close(stop)
	load.Wait()

	d, err := db.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	notes, err := db.All(t.Context(), d, db.Value[string], "SELECT body FROM note")
	if err != nil {
		t.Fatal(err)
	}
	times := make(map[string]int)
	for _, n := range notes {
		times[n]++
	}
	for n := range written.Load() {
		if got := times[fmt.Sprintf("note %d", n)]; got != 1 {
			t.Errorf("note %d is there %d times, want once", n, got)
		}
	}
	if len(notes) != int(written.Load()) {
		t.Errorf("%d notes are there, %d were answered", len(notes), written.Load())
	}
	t.Logf("%d notes, %d requests refused", len(notes), refused.Load())
	if err := server.stop(); err != nil {
		t.Error(err)
	}
}
