package ui_test

import (
	"testing"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/web/static"
	"github.com/ricejar/ricejar/internal/web/ui"
)

func TestEvery_trigger_has_a_drawing_of_its_own(t *testing.T) {
	seen := map[string]care.Trigger{}
	for _, trigger := range append(care.Triggers(), care.Outcome) {
		name := ui.RuleIcon(trigger)
		if _, ok := static.Icon(name); !ok {
			t.Errorf("%s: there is no icon %q", trigger, name)
		}
		if other, taken := seen[name]; taken {
			t.Errorf("%s and %s share the icon %q", trigger, other, name)
		}
		seen[name] = trigger
	}
}
