package e2e_test

import (
	"strings"
	"testing"
)

// TestAnAssociatesMorning is the day as the program is made for: sign in on a
// phone, open today, read the brief, call, record what came of it; find a
// customer by initials, add one, note something down.
func TestAnAssociatesMorning(t *testing.T) {
	p := visit(t, onPhone)
	p.signIn("associate")

	// Today is where one lands, the most valuable customer on top, with the reason.
	if got := p.where(); !strings.HasPrefix(got, "/today") {
		t.Fatalf("after the sign-in the browser is at %s, want today", got)
	}
	first := "[data-task]:first-of-type"
	p.see(first)
	if reason := p.read(first + " [data-reason]"); len([]rune(reason)) < 5 {
		t.Errorf("the reason reads %q", reason)
	}
	if brief := p.read(first + " [data-brief] li"); brief == "" {
		t.Error("there is no brief")
	}
	who := p.read(first + " h2")
	if script := p.read(first + " [data-script] blockquote"); !strings.Contains(script, string([]rune(who)[:1])) {
		t.Errorf("the script %q does not speak to %s", script, who)
	}
	p.picture("today")

	// The number is shown when it is needed, one tap from being dialled.
	p.press(first + " form[action$='/phone'] button")
	p.see(first + " a[href^='tel:'][data-revealed]")
	p.picture("today-number")

	// One tap records the outcome, and the list moves on.
	before := p.read("[data-counts] p")
	task := p.id(first)
	p.press("#" + task + " button[name=outcome][value=done]")
	p.gone("#" + task)
	if after := p.read("[data-counts] p"); after == before {
		t.Errorf("the day still stands at %q", after)
	}
	p.picture("today-next")

	// Another one is unhappy, and says why.
	task = p.id(first)
	unhappy := "#" + task + " [data-outcome=unhappy]"
	p.press(unhappy + " summary")
	p.fill(unhappy+" textarea", "沙发送到时有划痕，想换一张。")
	p.picture("today-unhappy")
	p.press(unhappy + " button[name=outcome]")
	p.gone("#" + task)
	p.until(`document.querySelectorAll("[data-toast]").length === 1`) // the latest, for more would lie over the next one's buttons

	// A new customer: a name and a phone.
	p.press("nav a[href='/customers/new']")
	p.fill("[name=name]", "欧阳小燕")
	p.fill("[name=phone]", "139 1111 2222")
	p.see("[data-free]")
	p.press("form[action='/customers'] button[type=submit]")
	p.see("#notes")

	// A note.
	p.fill("textarea[name=note]", "下个月搬新家，客厅朝南。")
	p.press("#notes form button[type=submit]")
	p.see("#notes li")

	// And found again by initials, a compound surname and all.
	p.press("nav a[href='/customers']")
	p.fill("[role=combobox]", "oyxy")
	p.see("[role=option]")
	p.press("[role=option]")
	p.see("#notes li")
	if got := p.read("h1"); !strings.Contains(got, "欧阳小燕") {
		t.Errorf("the search led to %q", got)
	}
}

func TestTodayOnADeskIsTheManagersWholeStore(t *testing.T) {
	p := visit(t, onDesktop)
	p.signIn("manager")
	p.open("/today")
	p.see("[data-task]")
	p.picture("today")
}
