package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	mdLink  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	mdFence = regexp.MustCompile("(?ms)^```.*?^```")
	mdCode  = regexp.MustCompile("`[^`\n]+`")
	target  = regexp.MustCompile(`(?m)^([a-z-]+):.*##`)
	makeCmd = regexp.MustCompile(`\bmake ([a-z]+)\b`)
)

// TestDocumentsLeadSomewhere follows every link between our documents and every
// path and make target they name.
func TestDocumentsLeadSomewhere(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := make(map[string]bool)
	for _, m := range target.FindAllStringSubmatch(string(makefile), -1) {
		targets[m[1]] = true
	}
	for path, raw := range sources(t, ".md") {
		text := string(raw)
		for _, m := range mdLink.FindAllStringSubmatch(mdFence.ReplaceAllString(text, ""), -1) {
			file, _, _ := strings.Cut(m[1], "#")
			if file == "" || strings.Contains(file, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", filepath.Dir(path), file)); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", path, m[1])
			}
		}
		for _, code := range mdCode.FindAllString(text, -1) {
			name := strings.Trim(code, "`")
			for _, top := range []string{"internal/", "cmd/", "docs/", "e2e/", "bench/", "scripts/", ".ci/"} {
				if strings.HasPrefix(name, top) && !strings.ContainsAny(name, "<*{… ") && !exists(name) && !planned(name) {
					t.Errorf("%s: there is no %s", path, name)
				}
			}
		}
		for _, m := range makeCmd.FindAllStringSubmatch(strings.Join(mdFence.FindAllString(text, -1), "\n")+
			strings.Join(mdCode.FindAllString(text, -1), "\n"), -1) {
			if !targets[m[1]] {
				t.Errorf("%s: the Makefile has no target %q", path, m[1])
			}
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(filepath.Join("..", path))
	return err == nil
}

// planned are the rooms that have a floor before they have a tenant.
func planned(path string) bool {
	for _, p := range []string{
		"internal/campaign", "internal/segment", "internal/support", "internal/survey",
		"internal/loyalty", "internal/insight", "internal/experiment", "internal/channel",
	} {
		if within(path, p) {
			return true
		}
	}
	return false
}
