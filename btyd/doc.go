// Package btyd fits and applies "buy till you die" models: from when customers
// bought, it tells how many of them are still customers, who will come back within a
// given time, how often, and what they will be worth.
//
// Nothing here reads a database or a clock. A program turns its purchases into
// [Events], sorts them into a [Log], summarises the log into [Histories] at a date, fits
// a model to them and scores them:
//
//	log, err := btyd.NewLog(events, customers)
//	histories := log.Histories(btyd.Window{End: today})
//	fit, err := btyd.FitMBGNBD(histories, btyd.Options{})
//	fit.Model.Score(btyd.Scores{Active: active, Expected: expected}, histories, 90)
//
// The unit of time is the caller's, days or weeks mostly: parameters that are times, and all times asked about, are in the unit
// of the histories. What customers spend is modelled apart ([FitGammaGamma]); together they make the lifetime value ([CLV]).
//
// # Which model
//
// [BGNBD] is the best known, but its P(alive) is 1 for everybody who bought once, so that
// as a churn score it ranks backwards. [MBGNBD] and [ParetoNBD] let one-time buyers leave. [BGCNBD] and
// [MBGCNBD] are for customers who come in a rhythm. Whatever the model, the number to show and
// to act on is P(active in the next t), calibrated: see [Return], which beats them all on it.
// [Evaluate] tells on the user's own data.
//
// # Replenishment
//
// Package replenish, below this one, tells when a customer buys a product again, and how likely within so many days.
//
// # Customers whose fate is known
//
// Package btydtest makes up customers by these models, with who has left and who will come: to test what is built on them.
//
// # Trust
//
// A fit never returns garbage in silence: a parameter that the data push to its boundary, a
// direction in which nothing is determined and a search that did not arrive are each told by a [Warning], with
// what to do about it; standard errors that do not exist are NaN. Questions that make no sense, such as a last purchase after
// the end of observation, are answered by NaN, one by one and in columns; data that make none are refused with an error.
package btyd
