package names

import "fmt"

// unassigned are mobile prefixes that no Chinese operator was given, so that a
// tap on a call button in a demo reaches nobody.
var unassigned = []string{"154", "160", "161", "163", "164", "168", "169", "179", "194", "142", "143"}

// Mobile is the n-th made-up mainland number. Different n below a billion give
// different numbers, in no visible order.
func Mobile(n int64) string {
	const all = 11 * 100_000_000 // prefixes × numbers of each
	const step = 618_033_989     // near the golden section of all; shares no factor with it
	v := n % all * step % all
	return fmt.Sprintf("+86%s%08d", unassigned[v%11], v/11)
}

// HongKongMobile is the n-th of a thousand numbers that look invented.
func HongKongMobile(n int) string { return fmt.Sprintf("+85251000%03d", n%1000) }

// TaiwanMobile is the n-th of a thousand numbers that look invented.
func TaiwanMobile(n int) string { return fmt.Sprintf("+886900000%03d", n%1000) }
