// Package demo makes up a believable chain, for `ricejar demo`, the browser
// tests and whoever wants to see the program with people in it: six stores in
// three cities, their staff, four thousand customers and two years of receipts;
// the furniture stores also bring rice, oil and coffee to the homes around them.
//
// It owns no table and no rule. A chain is first planned in memory, which is
// pure and follows from the seed and the day it is planned for; then it is
// written through the services as staff and tills would have written it, day by
// day, with the clock set to that day.
//
// What it invents cannot reach anybody: telephone numbers lie in ranges no
// operator has, and names are put together by chance.
package demo
