// Package roll reads lists of customers by what insight found out about them: who
// may be leaving, who bought most, a stage, a group, a tenth; whoever is worth most
// first, forth and back, within the reach of who asks. It reads the tables of
// insight and writes none.
package roll
