package refill

import (
	"regexp"
	"strconv"
	"strings"
)

// Unit is what a jar's content is measured in.
type Unit string

// The units. Where one is a weight or a volume, the names of products tell how
// much a piece holds.
const (
	Pieces     Unit = "" // tablets, cartridges: whatever is counted
	Kilogram   Unit = "kg"
	Gram       Unit = "g"
	Litre      Unit = "l"
	Millilitre Unit = "ml"
)

// Units are all there are.
func Units() []Unit { return []Unit{Kilogram, Gram, Litre, Millilitre, Pieces} }

// measures are how the names of products write weights, in grams, and volumes, in
// millilitres.
var measures = map[string]struct {
	amount float64
	of     string
}{
	"kg": {1000, weight}, "kgs": {1000, weight}, "公斤": {1000, weight}, "千克": {1000, weight}, "斤": {500, weight},
	"g": {1, weight}, "克": {1, weight}, "公克": {1, weight}, "lb": {453.592, weight}, "lbs": {453.592, weight}, "oz": {28.3495, weight},
	"l": {1000, volume}, "升": {1000, volume}, "公升": {1000, volume}, "ml": {1, volume}, "毫升": {1, volume},
}

const weight, volume = "weight", "volume"

// size finds "5kg", "1.8 L", "500g×4" and "4 x 500 g" in a name; the letters of a
// model number (A4L) are none.
var size = regexp.MustCompile(`(?i)(?:^|[^\pL\d.,]|\p{Han})(?:(\d{1,3})\s*[x×*]\s*)?(\d{1,6}(?:[.,]\d{1,3})?)\s*` +
	`(kgs?|公斤|千克|公克|斤|克|g|lbs?|oz|毫升|ml|公升|升|l)(?:\s*[x×*]\s*(\d{1,3}))?(?:$|[^a-z0-9])`)

// Holds is how much a piece of a product holds in the jar's unit: what its name
// says, or where that says no weight or volume, what the jar says.
func (j Jar) Holds(name string) (amount float64, told bool) {
	unit, ok := measures[string(j.Unit)]
	if !ok {
		return j.PerPiece, false
	}
	for {
		at := size.FindStringSubmatchIndex(name)
		if at == nil {
			return j.PerPiece, false
		}
		part := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return name[at[2*i]:at[2*i+1]]
		}
		m := measures[strings.ToLower(part(3))]
		n, err := strconv.ParseFloat(strings.Replace(part(2), ",", ".", 1), 64)
		if amount = n * m.amount / unit.amount * times(part(1)) * times(part(4)); err == nil && m.of == unit.of && amount >= least && amount <= most {
			return amount, true
		}
		name = name[at[2*3+1]:] // a weight on a jar of litres: perhaps the volume follows
	}
}

// times is how many of a size are in one piece.
func times(s string) float64 {
	n, err := strconv.Atoi(s)
	if err != nil || n == 0 {
		return 1
	}
	return float64(n)
}
