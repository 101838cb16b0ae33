// Package names makes up people for the demo chain and the load tests: names
// as they are given in China by generation and gender, households' addresses,
// and telephone numbers that look right and ring nowhere.
//
// Everything follows from the random source it is given: the same seed makes
// the same people. It knows nothing of the database.
package names
