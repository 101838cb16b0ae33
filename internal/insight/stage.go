package insight

import "github.com/ricejar/ricejar/internal/insight/life"

// The stages of a customer's life, and the rules by which they are told: see package life.
type (
	Stage      = life.Stage
	Rules      = life.Rules
	Transition = life.Transition
	Way        = life.Way
)

// The stages.
const (
	Prospect = life.Prospect
	Newcomer = life.Newcomer
	Forming  = life.Forming
	Old      = life.Old
	Cooling  = life.Cooling
	Lost     = life.Lost
	WonBack  = life.WonBack
)

// Stages are all stages in order.
func Stages() []Stage { return life.Stages() }

// DefaultRules are the rules a new company begins with.
func DefaultRules() Rules { return life.DefaultRules() }
