package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/db/dbtest"
	"github.com/ricejar/ricejar/internal/errs"
)

// clock is a time that only moves when told to.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// setup is a service with cheap hashing in which 1 can sign in as Wang.
func setup(t *testing.T, d *db.DB) (*auth.Service, *clock) {
	t.Helper()
	c := &clock{}
	c.ms.Store(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC).UnixMilli())
	s := &auth.Service{DB: d, Now: c.now, Cost: auth.Cost{Memory: 8, Passes: 1}}
	if err := s.CreateCredential(t.Context(), 0, wang, " Wang ", right, false); err != nil {
		t.Fatal(err)
	}
	return s, c
}

const (
	wang  = 1
	right = "seven green jars"
	wrong = "seven blue jars"
)

func signIn(t *testing.T, s *auth.Service) auth.Grant {
	t.Helper()
	g, err := s.SignIn(t.Context(), auth.SignIn{Login: "wang", Password: right, Device: "phone"})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// keyOf is the translation key of an error, or of its first field.
func keyOf(err error) string {
	var e *errs.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &e):
		return err.Error()
	case len(e.Fields) > 0:
		return e.Fields[0].Key
	default:
		return e.Key
	}
}

func TestSignIn_opens_a_session_for_the_right_password_only(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _ := setup(t, d)
		cases := []struct{ name, login, password, want string }{
			{"right", "wang", right, ""},
			{"login in other letters and widths", " ＷＡＮＧ", right, ""},
			{"password in full-width letters", "wang", "ｓｅｖｅｎ green jars", ""},
			{"wrong", "wang", wrong, "auth.wrong_password"},
			{"empty", "wang", "", "auth.wrong_password"},
			{"unknown", "li", right, "auth.wrong_password"},
		}
		for _, c := range cases {
			g, err := s.SignIn(t.Context(), auth.SignIn{Login: c.login, Password: c.password, Addr: "10.0.0.7"})
			if got := keyOf(err); got != c.want {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
			if (g.Token != "") != (c.want == "") {
				t.Errorf("%s: got token %q", c.name, g.Token)
			}
		}
		g := signIn(t, s)
		session, err := s.Session(t.Context(), g.Token)
		if err != nil || session.StaffID != wang || session.Device != "phone" {
			t.Errorf("got %+v, %v", session, err)
		}
		if _, err := s.Session(t.Context(), session.ID); keyOf(err) != "auth.signed_out" {
			t.Errorf("the stored form of the token signs in: %v", err)
		}
	})
}

func TestSignIn_takes_any_bytes_and_keeps_few(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _ := setup(t, d)
		for _, login := range []string{"wang\x00\xff", strings.Repeat("w", 1<<20), "\xff"} {
			if _, err := s.SignIn(t.Context(), auth.SignIn{Login: login, Password: wrong + "\x00\xff", Addr: "10.0.0.7\xff" + strings.Repeat("7", 9999)}); keyOf(err) != "auth.wrong_password" {
				t.Errorf("login %.10q: got %v", login, err)
			}
		}
		longest, err := db.One(t.Context(), d, db.Value[int], "SELECT MAX(LENGTH(subject)) FROM sign_in_failure")
		if err != nil || longest > 100 {
			t.Errorf("a login of %d characters was kept, %v", longest, err)
		}
		g, err := s.SignIn(t.Context(), auth.SignIn{Login: "wang", Password: right, Device: "Tablet\xff\x00" + strings.Repeat("x", 1000)})
		if err != nil || !strings.HasPrefix(g.Session.Device, "Tabletxxx") || len(g.Session.Device) > 300 {
			t.Errorf("device %q, %v", g.Session.Device, err)
		}
		if _, err := s.PrepareCredential(strings.Repeat("w", 65), right); keyOf(err) != "error.too_long" {
			t.Errorf("a login of 65 letters: got %v", err)
		}
		if _, _, err := s.CreateKey(t.Context(), wang, "till\x00\xff", []string{"tasks.read"}); err != nil {
			t.Error(err)
		}
	})
}

func TestSession_does_not_wait_for_a_writer(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, c := setup(t, d)
		g := signIn(t, s)
		_, secret, err := s.CreateKey(t.Context(), wang, "till", []string{"tasks.read"})
		if err != nil {
			t.Fatal(err)
		}
		c.advance(2 * time.Minute) // time to write it back as seen
		busy, done := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			err := d.Write(t.Context(), func(context.Context, *db.Tx) error {
				close(busy)
				<-done
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-busy
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := s.Session(ctx, g.Token); err != nil {
			t.Errorf("session: %v", err)
		}
		if _, err := s.Key(ctx, secret); err != nil {
			t.Errorf("key: %v", err)
		}
		close(done)
		wg.Wait()
	})
}

func TestSignIn_refuses_who_left(t *testing.T) {
	s, _ := setup(t, dbtest.SQLite(t))
	s.Active = func(_ context.Context, staff int64) (bool, error) { return staff != wang, nil }
	if _, err := s.SignIn(t.Context(), auth.SignIn{Login: "wang", Password: right}); keyOf(err) != "auth.wrong_password" {
		t.Errorf("got %v", err)
	}
}

func TestSignIn_hashes_again_when_the_cost_has_changed(t *testing.T) {
	d := dbtest.SQLite(t)
	s, _ := setup(t, d)
	hash := func() string {
		h, err := db.One(t.Context(), d, db.Value[string], "SELECT password_hash FROM credential WHERE login = 'wang'")
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	before := hash()
	signIn(t, s)
	if hash() != before {
		t.Error("hashed again without need")
	}
	s.Cost = auth.Cost{Memory: 16, Passes: 2}
	signIn(t, s)
	if !strings.Contains(hash(), "m=16,t=2") {
		t.Errorf("got %s, want it at the new cost", hash())
	}
	signIn(t, s)
}

func TestThrottle_locks_a_login_longer_each_time_and_forgets(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, c := setup(t, d)
		try := func(login, password string) string {
			_, err := s.SignIn(t.Context(), auth.SignIn{Login: login, Password: password})
			return keyOf(err)
		}
		for _, login := range []string{"wang", "nobody"} { // an unknown login must not answer differently
			for n := range 5 {
				if got := try(login, wrong); got != "auth.wrong_password" {
					t.Fatalf("%s, attempt %d: got %q", login, n+1, got)
				}
			}
			if got := try(login, right); got != "auth.locked" {
				t.Errorf("%s after 5 failures: got %q, want locked", login, got)
			}
		}
		c.advance(31 * time.Second)
		if got := try("wang", wrong); got != "auth.wrong_password" {
			t.Errorf("after the first lock: got %q", got)
		}
		c.advance(31 * time.Second)
		if got := try("wang", right); got != "auth.locked" {
			t.Errorf("the second lock is no longer than the first: got %q", got)
		}
		c.advance(30 * time.Second)
		if got := try("wang", right); got != "" {
			t.Errorf("after the second lock: got %q, want in", got)
		}
		for range 4 {
			try("wang", wrong)
		}
		if got := try("wang", right); got != "" {
			t.Errorf("success does not start the count again: got %q", got)
		}
		for range 4 {
			try("wang", wrong)
		}
		c.advance(25 * time.Hour)
		try("wang", wrong)
		if got := try("wang", right); got != "" {
			t.Errorf("yesterday's failures still count: got %q", got)
		}
	})
}

func TestThrottle_locks_an_address_that_tries_many_logins(t *testing.T) {
	s, _ := setup(t, dbtest.SQLite(t))
	try := func(login, addr string) string {
		_, err := s.SignIn(t.Context(), auth.SignIn{Login: login, Password: right, Addr: addr})
		return keyOf(err)
	}
	for n := range 25 {
		try("guess"+string(rune('a'+n)), "10.0.0.7")
		if n < 20 { // a colleague behind the same address signs in now and then
			if got := try("wang", "10.0.0.7"); got != "" {
				t.Fatalf("after %d failures of others: got %q", n+1, got)
			}
		}
	}
	if got := try("wang", "10.0.0.7"); got != "auth.locked" {
		t.Errorf("got %q, want locked", got)
	}
	if got := try("wang", "10.0.0.8"); got != "" {
		t.Errorf("another address: got %q", got)
	}
}

func TestThrottle_counts_guesses_sent_at_once(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _ := setup(t, d)
		var tried atomic.Int32
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := s.SignIn(t.Context(), auth.SignIn{Login: "wang", Password: wrong})
				switch keyOf(err) {
				case "auth.wrong_password":
					tried.Add(1)
				case "auth.locked":
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := tried.Load(); n != 5 {
			t.Errorf("%d guesses were compared, want 5", n)
		}
	})
}

func TestSession_ends_idle_old_and_signed_out(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		s, c := setup(t, d)
		s.Idle, s.Absolute = time.Hour, 3*time.Hour
		alive := func(g auth.Grant) bool {
			_, err := s.Session(ctx, g.Token)
			if err != nil && keyOf(err) != "auth.signed_out" {
				t.Fatal(err)
			}
			return err == nil
		}
		idle := signIn(t, s)
		c.advance(59 * time.Minute)
		if !alive(idle) {
			t.Error("ended before it was idle for an hour")
		}
		c.advance(59 * time.Minute)
		if !alive(idle) {
			t.Error("use does not keep it alive")
		}
		c.advance(61 * time.Minute)
		if alive(idle) {
			t.Error("lives on after an idle hour")
		}
		old := signIn(t, s)
		for range 3 {
			c.advance(59 * time.Minute)
			if !alive(old) {
				t.Error("ended before three hours")
			}
		}
		c.advance(4 * time.Minute)
		if alive(old) {
			t.Error("lives on after three hours in use")
		}

		a, b, other := signIn(t, s), signIn(t, s), signIn(t, s)
		list, err := s.Sessions(ctx, wang)
		if err != nil || len(list) != 3 {
			t.Fatalf("got %d sessions, %v; want the three living ones", len(list), err)
		}
		if err := s.EndSession(ctx, 2, b.Session.ID); keyOf(err) != "auth.session_unknown" {
			t.Errorf("somebody else's session: got %v", err)
		}
		if err := s.EndSession(ctx, wang, b.Session.ID); err != nil || alive(b) {
			t.Errorf("ended session lives on, %v", err)
		}
		if n, err := s.SignOutEverywhere(ctx, wang, wang, a.Session.ID); err != nil || n == 0 || alive(other) || !alive(a) {
			t.Errorf("everywhere else: ended %d, %v", n, err)
		}
		if err := s.SignOut(ctx, a.Token); err != nil || alive(a) {
			t.Errorf("signed out session lives on, %v", err)
		}
		if err := s.Prune(ctx); err != nil {
			t.Fatal(err)
		}
		left, err := db.One(ctx, d, db.Value[int64], "SELECT COUNT(*) FROM session")
		if err != nil || left != 0 {
			t.Errorf("%d sessions left in the table, %v", left, err)
		}
	})
}

func TestPassword_change_ends_other_sessions_and_wants_the_old_one(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		s, _ := setup(t, d)
		here, there := signIn(t, s), signIn(t, s)
		cases := []struct{ name, old, password, want string }{
			{"old one wrong", wrong, "eight new bowls", "auth.old_password_wrong"},
			{"too short", right, "bowls", "auth.password_short"},
			{"the same", right, right, "auth.password_same"},
		}
		for _, c := range cases {
			if got := keyOf(s.ChangePassword(ctx, wang, c.old, c.password, here.Session.ID)); got != c.want {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
		if err := s.ChangePassword(ctx, wang, right, "eight new bowls", here.Session.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Session(ctx, here.Token); err != nil {
			t.Errorf("this session: %v", err)
		}
		if _, err := s.Session(ctx, there.Token); err == nil {
			t.Error("the other session lives on")
		}

		if err := s.ResetPassword(ctx, 9, wang, "from the office"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Session(ctx, here.Token); err == nil {
			t.Error("a session survives the reset")
		}
		g, err := s.SignIn(ctx, auth.SignIn{Login: "wang", Password: "from the office"})
		if err != nil || !g.Session.MustChange {
			t.Errorf("after a reset: must change = %v, %v", g.Session.MustChange, err)
		}
		if session, err := s.Session(ctx, g.Token); err != nil || !session.MustChange {
			t.Errorf("the session does not say so: %+v, %v", session, err)
		}
		if err := s.RemoveCredential(ctx, 9, wang); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Session(ctx, g.Token); err == nil {
			t.Error("a session survives the removal")
		}
	})
}

func TestCheckPassword_refuses_what_is_guessed_early(t *testing.T) {
	cases := []struct{ login, password, want string }{
		{"wang", "seven green jars", ""},
		{"wang", "米缸里有七碗饭", "auth.password_short"},
		{"wang", "米缸里有七碗好饭", ""},
		{"wang", "1234567", "auth.password_short"},
		{"wang", "12345678", "auth.password_common"},
		{"wang", "Woaini1314", "auth.password_common"},
		{"wang", "ｐａｓｓｗｏｒｄ", "auth.password_common"},
		{"wang", "zzzzzzzzzz", "auth.password_common"},
		{"wangxiao", "WangXiao", "auth.password_is_login"},
		{"wang", "wang2026!", "auth.password_is_login"},
		{"wang", strings.Repeat("ab", 101), "auth.password_long"},
	}
	for _, c := range cases {
		if got := keyOf(auth.CheckPassword(c.login, c.password)); got != c.want {
			t.Errorf("%q for %q: got %q, want %q", c.password, c.login, got, c.want)
		}
	}
}

func TestCreateCredential_takes_a_login_once(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _ := setup(t, d)
		cases := []struct {
			name  string
			staff int64
			login string
			want  string
		}{
			{"login of another", 2, "WANG", "auth.login_taken"},
			{"second login for one", wang, "wang2", "auth.has_credential"},
			{"no login", 2, " ", "auth.login_missing"},
			{"new", 2, "li", ""},
		}
		for _, c := range cases {
			if got := keyOf(s.CreateCredential(t.Context(), 0, c.staff, c.login, right, false)); got != c.want {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
	})
}

func TestEnsureFirstAdmin_makes_one_even_when_two_servers_start(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &auth.Service{DB: d, Cost: auth.Cost{Memory: 8, Passes: 1}}
		var made atomic.Int64
		passwords := make([]string, 4)
		var wg sync.WaitGroup
		for i := range passwords {
			wg.Go(func() {
				var err error
				passwords[i], err = s.EnsureFirstAdmin(t.Context(), "admin", func(context.Context, *db.Tx) (int64, error) {
					return made.Add(1), nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		all := strings.Join(passwords, "")
		if len(all) != 16 {
			t.Fatalf("got passwords %q, want exactly one", passwords)
		}
		g, err := s.SignIn(t.Context(), auth.SignIn{Login: "admin", Password: all})
		if err != nil || !g.Session.MustChange {
			t.Errorf("sign in with it: %v, must change = %v", err, g.Session.MustChange)
		}
	})
}

func TestKey_is_shown_once_and_ends_when_revoked(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		s, c := setup(t, d)
		if _, _, err := s.CreateKey(ctx, wang, " ", nil); keyOf(err) != "auth.key_name" {
			t.Errorf("without a name: got %v", err)
		}
		k, secret, err := s.CreateKey(ctx, wang, "till", []string{"customers.read", "tasks.read"})
		if err != nil {
			t.Fatal(err)
		}
		if auth.Bearer("bearer "+secret) != secret || auth.Bearer("Basic "+secret) != "" || auth.Bearer("Bearer x") != "" {
			t.Error("the key is not found in the header, or something else is")
		}
		got, err := s.Key(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		k.UsedAt = c.now()
		if diff := cmp.Diff(k, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		used := func() time.Time {
			list, err := s.Keys(ctx, wang)
			if err != nil || len(list) != 1 {
				t.Fatalf("got %v, %v", list, err)
			}
			return list[0].UsedAt
		}
		first := used()
		c.advance(59 * time.Second)
		if _, err := s.Key(ctx, secret); err != nil || !used().Equal(first) {
			t.Errorf("written back within the minute, %v", err)
		}
		c.advance(2 * time.Second)
		if _, err := s.Key(ctx, secret); err != nil || used().Equal(first) {
			t.Errorf("not written back after a minute, %v", err)
		}
		if err := s.RevokeKey(ctx, 2, k.ID); keyOf(err) != "auth.key_unknown" {
			t.Errorf("somebody else's key: got %v", err)
		}
		if err := s.RevokeKey(ctx, wang, k.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Key(ctx, secret); keyOf(err) != "auth.key_invalid" {
			t.Errorf("revoked key: got %v", err)
		}
		if _, err := s.Key(ctx, secret+"x"); keyOf(err) != "auth.key_invalid" {
			t.Errorf("unknown key: got %v", err)
		}
	})
}

func TestSignIn_takes_as_long_for_an_unknown_login(t *testing.T) {
	s, _ := setup(t, dbtest.SQLite(t))
	s.Cost = auth.Cost{}
	if err := s.ResetPassword(t.Context(), 0, wang, right+"!"); err != nil { // hashed at the real cost
		t.Fatal(err)
	}
	fastest := map[string]time.Duration{"wang": time.Hour, "nobody": time.Hour}
	for range 4 { // in turns, so that a busy machine is busy for both
		for login, best := range fastest {
			begin := computed(t)
			if _, err := s.SignIn(t.Context(), auth.SignIn{Login: login, Password: wrong}); keyOf(err) != "auth.wrong_password" {
				t.Fatal(err)
			}
			fastest[login] = min(best, computed(t)-begin)
		}
	}
	if fastest["nobody"] < fastest["wang"]/4 { // nothing is hashed: it would be a hundredth
		t.Errorf("an unknown login costs %v, a known one %v", fastest["nobody"], fastest["wang"])
	}
}

// computed is how long this process has had a processor: unlike the time, it does
// not depend on what else the machine does.
func computed(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
