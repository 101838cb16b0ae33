package ui

import "github.com/ricejar/ricejar/internal/care"

// RuleIcon is the drawing that stands for why a customer is contacted.
func RuleIcon(t care.Trigger) string {
	switch t {
	case care.Delivery:
		return "truck"
	case care.Purchase:
		return "gem"
	case care.Sample:
		return "dices"
	case care.Birthday:
		return "cake"
	case care.Festival:
		return "party-popper"
	case care.Cooling:
		return "snowflake"
	case care.Refill:
		return "package-open"
	}
	return "message-circle"
}
