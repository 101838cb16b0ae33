package insight

// Sign is what says that a customer may be leaving.
type Sign string

// The signs, the gravest first.
const (
	Unhappy  Sign = "unhappy"  // complained, and has not bought since
	Returned Sign = "returned" // brought something back, and has not bought since
	Silent   Sign = "silent"   // silent for longer than their rhythm explains
	Fading   Sign = "fading"   // still comes, but more and more seldom
)

// Warning is why a customer may be leaving, as numbers for a sentence: "came
// every 31 days, silent for 74; two complaints".
type Warning struct {
	Sign       Sign `json:"sign,omitempty"`
	Gap        int  `json:"gap,omitempty"`        // days between purchases, as it was
	Shop       bool `json:"shop,omitempty"`       // the gap is what is usual here: theirs is not known yet
	Days       int  `json:"days,omitempty"`       // of silence; for Fading, between the latest purchases
	Complaints int  `json:"complaints,omitempty"` // of late
	Returns    int  `json:"returns,omitempty"`    // of late
}
