package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Entry is one act on record.
type Entry struct {
	ID      int64 // its place in the chain, from 1
	At      time.Time
	Staff   int64  // 0: the program itself or the command line
	Action  string // customer.reveal, import.undo, …
	Subject string // customer:123
	Detail  any    // written as JSON; read back as json.RawMessage
}

// sum is the hash of the entry, given that of the one before. Every part is
// preceded by its length, so that no two entries are hashed as the same bytes.
func (e Entry) sum(prev, detail []byte) []byte {
	var b []byte
	part := func(p []byte) {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	part(prev)
	b = binary.BigEndian.AppendUint64(b, uint64(e.ID))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMilli()))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Staff))
	part([]byte(e.Action))
	part([]byte(e.Subject))
	part(detail)
	h := sha256.Sum256(b)
	return h[:]
}
