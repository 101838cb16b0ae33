package auth_test

import (
	"testing"

	"github.com/ricejar/ricejar/internal/auth"
	"github.com/ricejar/ricejar/internal/db/dbtest"
)

// BenchmarkSignIn is what DefaultCost was chosen by.
func BenchmarkSignIn(b *testing.B) {
	s := &auth.Service{DB: dbtest.SQLite(b)}
	if err := s.CreateCredential(b.Context(), 0, wang, "wang", right, false); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.SignIn(b.Context(), auth.SignIn{Login: "wang", Password: right}); err != nil {
			b.Fatal(err)
		}
	}
}
