package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// The chain that the browser looks at: a small one, made up for one fixed day,
// so that a test can name what it expects.
const (
	demoToday    = "2026-09-16"
	demoPassword = "rice-jar-2026"
	demoScale    = "40" // percent of the usual number of customers
)

// stopDemo ends the demo and removes its database; TestMain calls it.
var stopDemo = func() {}

var demo = sync.OnceValues(func() (*served, error) {
	dir, err := os.MkdirTemp("", "ricejar-demo-")
	if err != nil {
		return nil, err
	}
	program, err := filepath.Abs("../bin/ricejar")
	if err != nil {
		return nil, err
	}
	s, err := start(program, "demo", "--dir", dir, "--addr", "127.0.0.1:0",
		"--password", demoPassword, "--today", demoToday, "--scale", demoScale)
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("the demo does not start: %w", err)
	}
	stopDemo = func() {
		if err := s.stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.RemoveAll(dir)
	}
	return s, nil
})

// visit opens the demo's site on a device.
func visit(t *testing.T, d device) *page {
	t.Helper()
	builtProgram(t)
	site, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	return newPage(t, site.url, d)
}

// signIn signs in as the demo's person of a role.
func (p *page) signIn(role string) {
	p.t.Helper()
	p.open("/sign-in")
	p.fill("[name=login]", role)
	p.fill("[name=password]", demoPassword)
	p.press("form[action='/sign-in'] button[type=submit]")
	p.see("nav[aria-label] a[aria-current]") // the shell, with the section one is in
}
