// Package id makes and prints the program's identifiers: 63-bit, positive,
// ordered by time, made by the application and never by the database.
//
// Of[T] is an id of a T: a customer's id cannot be passed where a receipt's is
// wanted. In JSON, URLs and forms an id is a decimal string, because 63 bits do
// not fit a JavaScript number.
package id

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Of is the id of a T. Zero means none.
type Of[T any] int64

// layout: 41 bits of milliseconds since epoch (enough until 2094), 22 bits drawn
// at random. An id that would not be later than the one before follows it, so
// ids of one process are strictly increasing; two servers hardly ever make the
// same, and a primary key refuses it when they do.
const (
	epoch    = 1735689600000 // 2025-01-01T00:00:00Z in Unix milliseconds
	tailBits = 22
)

var last atomic.Int64

// New makes an id later than every id this process made before.
func New[T any]() Of[T] {
	for {
		now := (time.Now().UnixMilli()-epoch)<<tailBits | randomTail()
		prev := last.Load()
		if now <= prev {
			now = prev + 1
		}
		if last.CompareAndSwap(prev, now) {
			return Of[T](now)
		}
	}
}

// randomTail draws the low bits; the top one stays 0 so that a burst within a
// millisecond can count up without spilling into the next.
func randomTail() int64 {
	var b [4]byte
	rand.Read(b[:]) // never fails: crypto/rand aborts the process instead
	return int64(binary.LittleEndian.Uint32(b[:])) & (1<<(tailBits-1) - 1)
}

// Derive makes the same positive id from the same parts every time: what is
// recorded twice under a natural key meets itself on the primary key.
func Derive[T any](parts ...string) Of[T] {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return Of[T](binary.BigEndian.Uint64(h[:8])>>1 | 1)
}

// ErrSyntax is returned by Parse for anything that is not an id.
var ErrSyntax = errors.New("id: not an id")

// Parse reads the decimal form.
func Parse[T any](s string) (Of[T], error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, ErrSyntax
	}
	return Of[T](n), nil
}

// String is the decimal form; the zero id is the empty string.
func (i Of[T]) String() string {
	if i == 0 {
		return ""
	}
	return strconv.FormatInt(int64(i), 10)
}

// MarshalText writes the decimal form, which makes JSON a string.
func (i Of[T]) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads the decimal form; empty is the zero id.
func (i *Of[T]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = 0
		return nil
	}
	v, err := Parse[T](string(b))
	*i = v
	return err
}
