package e2e_test

import (
	"strings"
	"testing"
)

func TestAStrangerIsLedToTheSignIn(t *testing.T) {
	p := visit(t, onPhone)
	p.open("/customers")
	if got := p.where(); !strings.HasPrefix(got, "/sign-in") {
		t.Errorf("a stranger is at %s, want the sign-in", got)
	}
	p.picture("sign-in")
	p.fill("[name=login]", "associate")
	p.fill("[name=password]", "not the password")
	p.press("form[action='/sign-in'] button[type=submit]")
	p.see("[role=alert]")
	p.fits()
}

func TestACustomerIsFoundByInitialsAddedAndNoted(t *testing.T) {
	p := visit(t, onPhone)
	p.signIn("manager")

	// Add: a name and a phone are enough.
	p.open("/customers/new")
	p.picture("customer-new")
	p.fill("[name=name]", "单雄信")
	p.fill("[name=phone]", "138 0013 8000")
	p.see("[data-free], [data-taken]") // the number is looked at while one is still there
	p.press("form[action='/customers'] button[type=submit]")
	p.seeText("单雄信")
	file := p.where()
	if !strings.HasPrefix(file, "/customers/") || file == "/customers/new" {
		t.Fatalf("after adding a customer the browser is at %s, want their file", file)
	}

	// Note: what was heard in passing.
	p.fill("textarea[name=note]", "女儿九月上小学，喜欢浅色。")
	p.press("#notes form button[type=submit]")
	p.see("#notes li")
	if got := p.read("#notes li"); !strings.Contains(got, "女儿九月上小学") {
		t.Errorf("the first note reads %q", got)
	}
	p.picture("customer")

	// Find: by the initials of the pinyin, the surname read as a surname (shàn).
	p.open("/customers")
	p.fill("[role=combobox]", "sxx")
	p.see("[role=option]")
	p.seeText("单雄信")
	p.picture("search")
	p.press("[role=option][href='" + strings.SplitN(file, "?", 2)[0] + "']")
	p.see("#notes li")

	// The same number once more, written another way, is caught while it is typed.
	p.open("/customers/new")
	p.fill("[name=name]", "另一位")
	p.fill("[name=phone]", "+86 138-0013-8000")
	p.see("[data-taken]")
	p.fits()
}
