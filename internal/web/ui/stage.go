package ui

import "github.com/ricejar/ricejar/internal/insight"

// StageIcon is the drawing that stands for where a customer's life with the company stands.
func StageIcon(s insight.Stage) string {
	switch s {
	case insight.Newcomer:
		return "sprout"
	case insight.Forming:
		return "trending-up"
	case insight.Old:
		return "heart"
	case insight.Cooling:
		return "hourglass"
	case insight.Lost:
		return "user-x"
	case insight.WonBack:
		return "undo-2"
	}
	return "user"
}

// StageTone is the colour that stands for it, on the customer's page as in every chart.
func StageTone(s insight.Stage) Tone {
	switch s {
	case insight.Newcomer:
		return Info
	case insight.Forming:
		return Gold
	case insight.Old:
		return Primary
	case insight.Cooling:
		return Warning
	case insight.Lost:
		return Danger
	case insight.WonBack:
		return Success
	}
	return Plain
}
