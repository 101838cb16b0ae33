package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ricejar/ricejar/internal/errs"
)

func TestExplain_tells_a_lost_server_from_a_reader_who_left(t *testing.T) {
	code := func(c string) error { return &pgconn.PgError{Code: c} }
	d := &DB{dialect: postgresDialect{}}
	for _, c := range []struct {
		err  error
		want errs.Kind
	}{
		{io.ErrUnexpectedEOF, errs.Unavailable}, // its process was killed while it worked
		{driver.ErrBadConn, errs.Unavailable},   // or before
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, errs.Unavailable},
		{code("57P01"), errs.Unavailable},
		{&pgconn.ConnectError{}, errs.Unavailable},
		{code("08006"), errs.Unavailable},
		{code("40001"), errs.Unavailable},
		{code("53100"), errs.Unavailable},
		{code("22021"), errs.Invalid},
		{code("42601"), errs.Internal},
		{context.DeadlineExceeded, errs.Internal},
		{context.Canceled, errs.Internal},
	} {
		if got := errs.KindOf(d.explain(fmt.Errorf("query: %w", c.err))); got != c.want {
			t.Errorf("%v: got %s, want %s", c.err, got, c.want)
		}
	}
}
