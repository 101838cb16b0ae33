package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ricejar/ricejar/internal/i18n"
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

// TestUsersGuides_name_things_as_the_pages_do finds what pages, buttons and fields
// are called in each language in the guide of that language.
func TestUsersGuides_name_things_as_the_pages_do(t *testing.T) {
	insight := append(i18n.Keys("insights.room."), "insight.stage.new", "insight.stage.forming", "insight.stage.old", "insight.stage.cooling",
		"insight.stage.lost", "insight.stage.won_back", "customers.insight", "customers.note_reason", "customers.usual_gap", "customers.worth_ahead",
		"customers.chance_within", "customers.purchases_expected", "customers.refills", "customers.loyalty", "ui.figures_csv", "settings.refresh_now",
		"settings.title", "settings.section.insight", "settings.section.jars", "settings.section.visits", "settings.section.fields",
		"settings.section.rules", "settings.insight.horizon", "settings.jars_to_rule", "settings.jar_category", "settings.jar_per_piece",
		"settings.jar_per_day", "settings.jar_asked", "settings.not_a_day", "customers.refill_by.jar", "customers.refill_by.rhythm")
	begin := []string{"web.nav_today", "imports.title", "imports.new", "imports.upload", "imports.step_columns", "imports.check", "imports.start",
		"imports.undo", "care.outcome.done", "care.outcome.no_answer", "care.outcome.call_back", "care.outcome.wants", "care.outcome.unhappy", "care.outcome.do_not_contact",
		"insights.title", "settings.section.jars"}
	for _, lang := range i18n.Locales {
		p := i18n.Printer{Locale: lang}
		for file, keys := range map[string][]string{"insight.md": insight, "getting-started.md": begin} {
			path := "docs/users/" + string(lang) + "/" + file
			raw, err := os.ReadFile("../" + path)
			if err != nil {
				t.Error(err)
				continue
			}
			// A name may stand on two lines: apart by a blank in English, by nothing in Chinese.
			text := strings.ToLower(strings.ReplaceAll(string(raw), "\n", " ") + strings.ReplaceAll(string(raw), "\n", ""))
			for _, key := range keys {
				if want := p.T(key, "n", 90, "times", "2.7"); !strings.Contains(text, strings.ToLower(want)) {
					t.Errorf("%s does not speak of %q, as %s is called", path, want, key)
				}
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
