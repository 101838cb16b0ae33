// Package customers is the customers' pages: the list and the search, a new
// file, the file itself with everything noted in it, and the export.
//
// The pages hold no rule of the business: what they show comes from packages
// customer, purchase and care, and what is typed goes there. Contacts are shown
// masked; Reveal is the one way to see them whole, and the export the other.
// Both are on record.
package customers
