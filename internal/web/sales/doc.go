// Package sales is the pages of purchases: a store's receipts day by day, a
// single receipt with its lines and deliveries, the form to record one by hand,
// and the report of all purchases.
package sales
