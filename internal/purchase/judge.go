package purchase

import (
	"github.com/ricejar/ricejar/internal/money"
)

// verdict is what becomes of a receipt that a file tells of.
type verdict uint8

const (
	record    verdict = iota // nobody knows it: write it
	unchanged                // it is known, and says the same
	extend                   // it is known, and lacks lines the file has: add those
	differs                  // it is known, and says something else: list it, leave it alone
)

// ruling is a verdict with its particulars.
type ruling struct {
	verdict verdict
	add     []int // extend: the lines to be added, by index
	list    []int // lines to be listed: they seem to be there already
	parts   int   // extend: of the receipt, then
	missing int
}

// told is a receipt as a stretch of a file tells it.
type told struct {
	digest int64
	lines  []draftLine
	bad    int  // its rows that could not be read
	same   bool // it was recorded by this very import: the stretch is a further part of it
}

// judge decides. It is the one place that keeps lines from being lost or
// doubled, whatever comes in which order:
//
//   - A receipt recorded whole is known by its digest alone.
//   - Lines are added to a known receipt in two cases only: when they lie further
//     down in the file that is being read, and when rows of the receipt could not
//     be read before. Then either the whole receipt comes again, or the mended rows.
//   - A line to be added that equals one that is there may be a second piece of
//     the same, or the same row again. Nobody can tell, so it is listed.
//
// known are the recorded lines by digest; it is asked for only when the digests
// of the receipts do not settle it.
func judge(k *keyRow, t told, known func() (map[uint64]int, error)) (ruling, error) {
	if k == nil {
		return ruling{verdict: record, parts: 1, missing: t.bad}, nil
	}
	if !t.same && k.digest == t.digest && (k.missing == 0 || t.bad > 0 || len(t.lines) > k.missing) {
		return ruling{verdict: unchanged}, nil
	}
	if !t.same && k.missing == 0 && k.parts == 1 {
		return ruling{verdict: differs}, nil
	}
	has, err := known()
	if err != nil {
		return ruling{}, err
	}
	recorded := 0
	for _, n := range has {
		recorded += n
	}
	var fresh, there []int
	for i := range t.lines {
		l := &t.lines[i]
		d := lineDigest(l.productID(), money.Quantity(l.quantity), l.amount)
		if has[d] > 0 {
			has[d]--
			there = append(there, i)
		} else {
			fresh = append(fresh, i)
		}
	}
	switch {
	case t.same:
		return ruling{verdict: extend, add: fresh, list: there, parts: k.parts + 1, missing: k.missing + t.bad}, nil
	case len(fresh) == 0 && k.parts > 1 && (k.missing == 0 || t.bad > 0 || len(there) > k.missing):
		return ruling{verdict: unchanged}, nil
	case k.missing == 0:
		return ruling{verdict: differs}, nil
	case len(fresh) == 0: // mended into what is there already, or read a second time
		return ruling{verdict: extend, list: there, parts: k.parts, missing: k.missing}, nil
	case len(there) == recorded: // the whole receipt, mended
		return ruling{verdict: extend, add: fresh, parts: k.parts + 1, missing: t.bad}, nil
	case len(there) == 0 && len(fresh) <= k.missing: // the mended rows alone
		return ruling{verdict: extend, add: fresh, parts: k.parts + 1, missing: k.missing - len(fresh)}, nil
	}
	return ruling{verdict: differs}, nil
}
