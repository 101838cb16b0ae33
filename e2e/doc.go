// Package e2e tests the built program as people and scripts use it: in a shell
// (testdata/script) and in a real browser, on a phone and on a desktop. It knows
// nothing of the program's inside; it needs bin/ricejar, which `make build` makes.
//
// Pictures of what the browser saw are written to build/screenshots.
package e2e
