// Package today is the page everybody's morning begins with: whom to contact,
// why, what to know and say, and one tap for what came of it.
//
// A task is not addressed below its customer's page: one that is nobody's yet is
// seen by all of the store, whoever owns the customer. Package care decides who
// may see and do which.
package today
