package insight

import (
	"time"

	"github.com/ricejar/ricejar/internal/org"
)

// Visits is how many people came into a store in a month, as somebody counted
// them: those who had never bought, and those who had.
type Visits struct {
	Store org.StoreID `json:"store"`
	Month string      `json:"month"` // YYYY-MM
	New   int64       `json:"new_visitors"`
	Old   int64       `json:"old_visitors"`
	Staff org.StaffID `json:"staff"`
	At    time.Time   `json:"at"`
}
