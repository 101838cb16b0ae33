package customer

import (
	"cmp"
	"slices"
	"time"

	"github.com/ricejar/ricejar/internal/id"
	"github.com/ricejar/ricejar/internal/org"
)

// Source is where a fact was learnt.
type Source string

// The sources.
const (
	FromTalk   Source = "talk"
	FromPhone  Source = "phone"
	FromImport Source = "import"
	FromAPI    Source = "api"
	FromTill   Source = "till"
)

// Valid reports whether s is a source.
func (s Source) Valid() bool {
	return slices.Contains([]Source{FromTalk, FromPhone, FromImport, FromAPI, FromTill}, s)
}

// FactID is a fact's id within its customer.
type FactID = id.Of[Fact]

// Fact is something known about a customer, with who noted it, when and from
// where. A refused one says that they were asked and would rather not tell.
type Fact struct {
	ID      FactID
	Field   string
	Value   string
	Refused bool
	NotedBy org.StaffID
	NotedAt time.Time
	Source  Source
}

// Answer is what was learnt about one field: a value, a refusal, or (both
// empty) that what was noted is no longer so.
type Answer struct {
	Field   string
	Value   string
	Refused bool
}

// headKnown says which fields of the head are filled.
func headKnown(c Customer, contacts []Contact) map[string]bool {
	return map[string]bool{
		FieldName:     c.Name != "",
		FieldPhone:    slices.ContainsFunc(contacts, func(k Contact) bool { return k.Kind == Phone }),
		FieldBirthday: c.Birth != (Birth{}),
		FieldGender:   c.Gender != "",
	}
}

// completeness is the share of what is worth knowing that is known, in percent:
// the hard file counts for 20, the soft file for 80. A refusal is not knowledge.
func completeness(fields []Field, known func(code string) bool) int {
	var have, all [2]int
	for _, f := range fields {
		if !f.Active {
			continue
		}
		g := 0
		if f.Group == Soft {
			g = 1
		}
		all[g] += f.Weight
		if known(f.Code) {
			have[g] += f.Weight
		}
	}
	total := 0.0
	for g, share := range [2]float64{hardShare, softShare} {
		if all[g] > 0 {
			total += share * float64(have[g]) / float64(all[g])
		}
	}
	return int(total)
}

// NextQuestion is the one thing best asked at the next contact: the first field,
// in the order the company gave them, that is neither known nor refused. ok is
// false when nothing is left to ask.
func NextQuestion(fields []Field, settled func(code string) bool) (f Field, ok bool) {
	open := slices.DeleteFunc(slices.Clone(fields), func(f Field) bool {
		return !f.Active || f.Sensitive || f.Weight == 0 || settled(f.Code)
	})
	if len(open) == 0 {
		return Field{}, false
	}
	return slices.MinFunc(open, func(a, b Field) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Code, b.Code))
	}), true
}
