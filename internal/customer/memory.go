package customer

import (
	"context"
	"sync"

	"github.com/ricejar/ricejar/internal/org"
)

// Remembering lets one page read a customer's head once: every service that the
// page asks makes sure for itself that the reader may see the customer. It is for
// requests that only read; what a transaction decides by, it reads itself.
func Remembering(ctx context.Context) context.Context {
	return context.WithValue(ctx, memoryKey{}, &memory{heads: map[remembered]Customer{}})
}

type memoryKey struct{}

// memory holds the heads that readers were found to reach.
type memory struct {
	mu    sync.Mutex
	heads map[remembered]Customer
}

// remembered is a customer as somebody sees them.
type remembered struct {
	staff org.StaffID
	reach org.Reach
	who   ID
}

func memoryOf(ctx context.Context) *memory {
	m, _ := ctx.Value(memoryKey{}).(*memory)
	return m
}

func (m *memory) get(actor org.Actor, c ID) (Customer, bool) {
	if m == nil {
		return Customer{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	head, ok := m.heads[remembered{actor.ID(), actor.Reach, c}]
	return head, ok
}

func (m *memory) put(actor org.Actor, head Customer) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heads[remembered{actor.ID(), actor.Reach, head.ID}] = head
}
