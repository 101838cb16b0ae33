package btyd

import "github.com/ricejar/ricejar/btyd/internal/learn"

// sigmoid is the probability of log-odds.
func sigmoid(logOdds float64) float64 { return learn.Sigmoid(logOdds) }

// logit are the log-odds of a probability, kept finite.
func logit(p float64) float64 { return learn.Logit(p) }
