package org

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a person is to the company; it decides what they may do.
type Role string

// The roles.
const (
	Associate     Role = "associate"     // 导购
	Manager       Role = "manager"       // 店长
	Agent         Role = "agent"         // 服务顾问, 客服
	Technician    Role = "technician"    // 维修
	Marketer      Role = "marketer"      // 会员运营
	Executive     Role = "executive"     // 管理层
	Administrator Role = "administrator" // 管理员
)

// Reach is how far a person sees: whose customers, receipts and tasks.
type Reach string

// The reaches, from the narrowest to the widest.
const (
	ReachOwn    Reach = "own"    // the customers they own
	ReachStore  Reach = "store"  // their store's
	ReachRegion Reach = "region" // all stores of their region
	ReachAll    Reach = "all"    // everything
)

// Right is one thing a person may or may not do.
type Right string

// The rights. Every route of the site and every operation of the API declares one.
const (
	AccountOwn      Right = "account.own"      // one's own profile, password, sessions
	OrgRead         Right = "org.read"         // names of stores and colleagues
	CustomersRead   Right = "customers.read"   // files, search, timeline; contacts masked
	CustomersWrite  Right = "customers.write"  // create, edit, note facts and notes
	CustomersReveal Right = "customers.reveal" // see a phone, e-mail or address in full; on record each time
	CustomersExport Right = "customers.export" // take a list away as a file, numbers in full; on record each time
	PurchasesRead   Right = "purchases.read"   // receipts
	PurchasesWrite  Right = "purchases.write"  // record a receipt, a return, a delivery
	TasksRead       Right = "tasks.read"       // today's list
	TasksWrite      Right = "tasks.write"      // record an outcome
	PlanRun         Right = "plan.run"         // make a day's tasks now
	ImportsRun      Right = "imports.run"      // import a file, undo it
	ReportsRead     Right = "reports.read"     // totals over many customers
	VisitsWrite     Right = "visits.write"     // how many people came into a store
	SettingsWrite   Right = "settings.write"   // stores, fields, rules, background jobs
	StaffWrite      Right = "staff.write"      // people, their roles and passwords
	AuditRead       Right = "audit.read"       // who did and saw what
	KeysOwn         Right = "keys.own"         // API keys in one's own name
)

// matrix says which role has which right, and how far it reaches unless a
// person is given another reach. This is the only place that says so.
//
// Nobody takes a list away who might leave with it: an associate has no export.
// A marketer works with groups, not with numbers to dial, and so has no reveal.
// An executive calls a few customers and reads, but does not edit files.
// Whoever runs a store counts who comes in; what everybody's numbers rest on is
// set by the administrator alone.
const matrix = `
                  associate manager agent technician marketer executive administrator
reach             own       store   all   store      all      all       all
account.own       x         x       x     x          x        x         x
org.read          x         x       x     x          x        x         x
customers.read    x         x       x     x          x        x         x
customers.write   x         x       x     x          x        -         x
customers.reveal  x         x       x     x          -        x         x
customers.export  -         x       -     -          -        -         x
purchases.read    x         x       x     x          x        x         x
purchases.write   x         x       x     -          -        -         x
tasks.read        x         x       x     x          x        x         x
tasks.write       x         x       x     x          -        x         x
plan.run          -         x       -     -          x        -         x
imports.run       -         -       -     -          x        -         x
reports.read      -         x       -     -          x        x         x
visits.write      -         x       -     -          x        -         x
settings.write    -         -       -     -          -        -         x
staff.write       -         -       -     -          -        -         x
audit.read        -         -       -     -          -        x         x
keys.own          -         x       x     -          x        x         x
`

// table is the matrix, read. It is initialised by a call and not by init, so
// that package variables made from it (System) come after it.
var table = readMatrix()

var reaches = []Reach{ReachOwn, ReachStore, ReachRegion, ReachAll}

type rightsTable struct {
	roles   []Role
	all     []Right
	rights  map[Role]Rights
	reaches map[Role]Reach
}

func readMatrix() rightsTable {
	t := rightsTable{rights: map[Role]Rights{}, reaches: map[Role]Reach{}}
	rows := strings.Split(strings.TrimSpace(matrix), "\n")
	for _, name := range strings.Fields(rows[0]) {
		t.roles = append(t.roles, Role(name))
	}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		if len(cells) != len(t.roles)+1 {
			panic(fmt.Sprintf("org: the row %q of the rights matrix has not one cell per role", cells[0]))
		}
		for i, cell := range cells[1:] {
			switch {
			case cells[0] == "reach":
				t.reaches[t.roles[i]] = Reach(cell)
			case cell == "x":
				t.rights[t.roles[i]] = append(t.rights[t.roles[i]], Right(cells[0]))
			}
		}
		if cells[0] != "reach" {
			t.all = append(t.all, Right(cells[0]))
		}
	}
	return t
}

// Roles are all roles, in the order in which people choose them.
func Roles() []Role { return slices.Clone(table.roles) }

// Reaches are all reaches, from the narrowest to the widest.
func Reaches() []Reach { return slices.Clone(reaches) }

// AllRights are all rights, in the order of the matrix.
func AllRights() Rights { return slices.Clone(Rights(table.all)) }

// Valid reports whether r is a role.
func (r Role) Valid() bool { return slices.Contains(table.roles, r) }

// Rights are what the role may do.
func (r Role) Rights() Rights { return slices.Clone(table.rights[r]) }

// DefaultReach is how far the role sees unless a person is given another reach.
func (r Role) DefaultReach() Reach { return table.reaches[r] }

// Valid reports whether r is a reach.
func (r Reach) Valid() bool { return slices.Contains(reaches, r) }

// Valid reports whether r is a right.
func (r Right) Valid() bool { return slices.Contains(table.all, r) }

// Rights is a set of rights, kept in the order of the matrix.
type Rights []Right

// Has reports whether the set holds r.
func (rs Rights) Has(r Right) bool { return slices.Contains(rs, r) }

// Only keeps those of rs that are also in keep: an API key may do what its
// owner may, narrowed by its scopes.
func (rs Rights) Only(keep Rights) Rights {
	var both Rights
	for _, r := range rs {
		if keep.Has(r) {
			both = append(both, r)
		}
	}
	return both
}
