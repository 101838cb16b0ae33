package auth

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/ricejar/ricejar/internal/errs"
)

// Cost is what hashing a password costs: memory in KiB and passes over it.
type Cost struct {
	Memory uint32
	Passes uint32
}

// DefaultCost is the OWASP minimum with one more pass: 19 MiB and about 30 ms
// of one core on the machine it was chosen on. More memory would cost an
// attacker more, but a shop's small server signs in its staff at nine o'clock
// all at once, and is promised to live in 60 MB.
var DefaultCost = Cost{Memory: 19 * 1024, Passes: 3}

func (c Cost) params() *argon2id.Params {
	if c == (Cost{}) {
		c = DefaultCost
	}
	return &argon2id.Params{Memory: c.Memory, Iterations: c.Passes, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// hashing lets two passwords be hashed at a time: the third waits, instead of
// taking its 19 MiB too.
var hashing = make(chan struct{}, 2)

// hash is the password as it is stored.
func (c Cost) hash(password string) (string, error) {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	h, err := argon2id.CreateHash(norm.NFKC.String(password), c.params())
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return h, nil
}

// verify compares the password with a stored hash; stale asks for a new hash,
// because the stored one was made at another cost.
func (c Cost) verify(password, hash string) (ok, stale bool, err error) {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	ok, params, err := argon2id.CheckHash(norm.NFKC.String(password), hash)
	if err != nil {
		return false, false, fmt.Errorf("check a password: %w", err)
	}
	want := c.params()
	return ok, ok && (params.Memory != want.Memory || params.Iterations != want.Iterations), nil
}

// decoys holds, per cost, a hash that no password has: comparing with it makes
// an unknown login as slow as a known one.
var decoys sync.Map

func (c Cost) decoy() (string, error) {
	if h, ok := decoys.Load(c); ok {
		return h.(string), nil
	}
	secret, _ := token()
	h, err := c.hash(secret)
	if err == nil {
		decoys.Store(c, h)
	}
	return h, err
}

const (
	minPassword = 8
	maxPassword = 200 // longer ones would only cost us time
)

//go:embed common.txt
var commonText string

// common are the passwords that guessing begins with.
var common = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool)
	for word := range strings.FieldsSeq(commonText) {
		m[word] = true
	}
	return m
})

// CheckPassword refuses a password that would be guessed early: too short, the
// login itself, one character over and over, or one of those everybody takes.
// It asks for no digits or capitals: they make passwords worse, not better.
func CheckPassword(login, password string) error {
	p := norm.NFKC.String(password)
	folded := strings.ToLower(p)
	first, _ := utf8.DecodeRuneInString(p)
	switch n := utf8.RuneCountInString(p); {
	case n < minPassword:
		return errs.New(errs.Invalid, "auth.password_short", "min", minPassword)
	case n > maxPassword:
		return errs.New(errs.Invalid, "auth.password_long", "max", maxPassword)
	case strings.Count(p, string(first)) == n, common()[folded]:
		return errs.New(errs.Invalid, "auth.password_common")
	}
	// "wang2026" is no better for wang than "wang".
	if login = FoldLogin(login); login != "" {
		rest := strings.Trim(strings.ReplaceAll(folded, login, ""), "0123456789!@#$._-")
		if rest == "" {
			return errs.New(errs.Invalid, "auth.password_is_login")
		}
	}
	return nil
}
