package e2e_test

import (
	"strings"
	"testing"
)

// TestAJarIsWorkedOutWhileItIsTyped has an administrator describe something that
// customers use up at home, see what it means, take it away and bring it back.
func TestAJarIsWorkedOutWhileItIsTyped(t *testing.T) {
	p := visit(t, onPhone)
	p.signIn("administrator")
	p.open("/settings/jars/new")
	p.fill("[name=category]", "香氛摆件")
	p.press(".pill:has([value=g])")
	p.fill("[name=per_piece]", "120")
	p.fill("[name=daily]", "60")
	p.see("[data-strange]") // half a day for four
	p.fill("[name=daily]", "2")
	p.gone("[data-strange]")
	p.see("[data-products] li")
	if got := p.read("[data-lasts]"); !strings.Contains(got, "15") {
		t.Errorf("120 g for four who use 2 g a day: %q, want 15 days", got)
	}
	p.fits()
	p.picture("jar")
	p.press("#jar button[type=submit]")
	p.seeText("香氛摆件")

	p.press("[data-rows] li:last-child a")
	p.see("form[action$='/remove']")
	p.press("form[action$='/remove'] button")
	p.see("[data-toast] form button")
	if got := p.read("[data-rows]"); strings.Contains(got, "香氛摆件") {
		t.Errorf("it is still there: %q", got)
	}
	p.press("[data-toast] form button")
	p.until(`document.querySelector("[data-rows]")?.textContent.includes("香氛摆件")`)
	p.picture("jars")

	p.press("[data-rows] li:last-child a") // the next test finds what this one found
	p.see("form[action$='/remove']")
	p.press("form[action$='/remove'] button")
	p.see("[data-toast] form button")
}
