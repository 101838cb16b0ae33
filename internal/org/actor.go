package org

import (
	"slices"

	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
)

// Actor is somebody who asks for something: a person at a page, a person's API
// key, or the program itself. The zero Actor may do nothing and sees nothing.
type Actor struct {
	Staff  Staff  // the zero Staff for the program itself
	Rights Rights // what they may do, here and now: a key's may be fewer than its owner's
	Reach  Reach

	stores []StoreID // of the region they reach, when Reach is ReachRegion
}

// System is the command line and the program itself: all rights, all reach.
// It writes as nobody in particular (staff id 0).
var System = Actor{Rights: AllRights(), Reach: ReachAll}

// NewActor is what the person may do and see. regionStores are the stores of
// the region they reach; only ReachRegion looks at them. A person who is no
// longer active may do nothing.
func NewActor(s Staff, region RegionID, regionStores []StoreID) Actor {
	if !s.Active {
		return Actor{Staff: s}
	}
	if region == 0 {
		regionStores = nil
	}
	return Actor{Staff: s, Rights: s.Role.Rights(), Reach: s.Reach, stores: regionStores}
}

// ID is the person's id; 0 for the program itself.
func (a Actor) ID() StaffID { return a.Staff.ID }

// May reports whether the actor has the right.
func (a Actor) May(r Right) bool { return a.Rights.Has(r) }

// Need is nil when the actor has the right, else a Forbidden error.
func (a Actor) Need(r Right) error {
	if a.May(r) {
		return nil
	}
	return errs.New(errs.Forbidden, "org.right_missing", "right", string(r))
}

// Only is the actor with no more than these rights.
func (a Actor) Only(keep Rights) Actor {
	a.Rights = a.Rights.Only(keep)
	return a
}

// Scope is what the actor sees.
func (a Actor) Scope() Scope {
	return Scope{reach: a.Reach, staff: a.Staff.ID, store: a.Staff.StoreID, stores: a.stores}
}

// Scope says which rows somebody sees, by the columns that hold a row's owner
// and its store. The zero Scope sees nothing.
type Scope struct {
	reach  Reach
	staff  StaffID
	store  StoreID
	stores []StoreID // of the region

	// Wished for on top: a filter can only take away.
	onlyStore StoreID
	onlyStaff StaffID
}

// Narrow is the scope limited further to one store, one person, or both; zero
// means no further limit. It can never widen what is seen.
func (s Scope) Narrow(store StoreID, staff StaffID) Scope {
	if store != 0 && s.onlyStore != 0 && store != s.onlyStore || staff != 0 && s.onlyStaff != 0 && staff != s.onlyStaff {
		return Scope{}
	}
	if store != 0 {
		s.onlyStore = store
	}
	if staff != 0 {
		s.onlyStaff = staff
	}
	return s
}

// All reports whether the scope sees everything, so that a query can do without
// a predicate.
func (s Scope) All() bool { return s.reach == ReachAll && s.onlyStore == 0 && s.onlyStaff == 0 }

// PerStore is a scope of several stores, but not all, as one scope for each of
// them; any other comes back alone. A list in some order is best read store by
// store and merged.
func (s Scope) PerStore() []Scope {
	if s.reach != ReachRegion || s.onlyStore != 0 || len(s.stores) == 0 {
		return []Scope{s}
	}
	list := make([]Scope, len(s.stores))
	for i, store := range s.stores {
		list[i] = Scope{reach: ReachStore, store: store, onlyStaff: s.onlyStaff}
	}
	return list
}

// Where is the scope as an SQL condition over the columns of a row's owner and
// store, with its arguments in order. It is never empty, so that it can always
// be written after WHERE or AND.
func (s Scope) Where(ownerCol, storeCol string) (string, []any) {
	var cond string
	var args []any
	switch {
	case s.reach == ReachAll:
		cond = ""
	case s.reach == ReachRegion && len(s.stores) > 0:
		// Not "the stores of the region": PostgreSQL would rather join and sort all
		// that a search finds than read it in order until the page is full.
		cond = storeCol + " IN (" + db.In(len(s.stores)) + ")"
		for _, store := range s.stores {
			args = append(args, int64(store))
		}
	case s.reach == ReachStore && s.store != 0:
		cond, args = storeCol+" = ?", []any{int64(s.store)}
	case s.reach == ReachOwn && s.staff != 0:
		cond, args = ownerCol+" = ?", []any{int64(s.staff)}
	default:
		return "FALSE", nil
	}
	add := func(col string, v int64) {
		if v == 0 {
			return
		}
		if cond != "" {
			cond += " AND "
		}
		cond += col + " = ?"
		args = append(args, v)
	}
	add(storeCol, int64(s.onlyStore))
	add(ownerCol, int64(s.onlyStaff))
	if cond == "" {
		return "TRUE", nil
	}
	return cond, args
}

// Allows reports whether a row with this owner and store is seen: the same
// answer as Where, for a row already at hand.
func (s Scope) Allows(owner StaffID, store StoreID) bool {
	if s.onlyStore != 0 && store != s.onlyStore || s.onlyStaff != 0 && owner != s.onlyStaff {
		return false
	}
	switch s.reach {
	case ReachAll:
		return true
	case ReachRegion:
		return slices.Contains(s.stores, store)
	case ReachStore:
		return s.store != 0 && store == s.store
	case ReachOwn:
		return s.staff != 0 && owner == s.staff
	}
	return false
}

// AllowsStore reports whether anything of the store may be seen at all: whether
// it makes sense to offer the store as a filter, or to write something in it.
func (s Scope) AllowsStore(store StoreID) bool {
	if s.onlyStore != 0 && store != s.onlyStore {
		return false
	}
	switch s.reach {
	case ReachAll:
		return true
	case ReachRegion:
		return slices.Contains(s.stores, store)
	case ReachStore, ReachOwn:
		return s.store != 0 && store == s.store
	}
	return false
}
