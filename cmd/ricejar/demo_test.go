package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDemo_is_filled_once_and_remembers_who_can_sign_in(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	demo := func(args ...string) (out, errOut string, code int) {
		t.Helper()
		var o, e bytes.Buffer
		code = run(append([]string{"demo", "--dir", dir, "--no-serve", "--scale", "5", "--today", "2026-11-22", "--lang", "en"}, args...), &o, &e)
		return o.String(), e.String(), code
	}
	first, told, code := demo("--password", "a-jar-of-rice")
	if code != 0 || strings.Count(first, "a-jar-of-rice") != 7 || !strings.Contains(told, "Making up") {
		t.Fatalf("exit code %d, %s%s", code, first, told)
	}
	again, told, code := demo()
	if code != 0 || again != first || strings.Contains(told, "Making up") {
		t.Errorf("the second time: exit code %d, %s%s", code, again, told)
	}
	if _, told, code := demo("--password", "another-jar-of-rice"); code == 0 || !strings.Contains(told, "--reset") {
		t.Errorf("another password: exit code %d, %s", code, told)
	}
	// What was broken off before the card was written, or is not whole, is made anew.
	for _, name := range []string{"demo.json", "ricejar.db"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if out, told, code := demo(); code != 0 || out == first || !strings.Contains(told, "Making up") {
			t.Errorf("without %s: exit code %d, %s%s", name, code, out, told)
		}
	}
}

func TestDemo_says_what_is_wrong_with_its_folder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, told bytes.Buffer
	if code := run([]string{"demo", "--dir", filepath.Join(file, "demo"), "--no-serve", "--lang", "en"}, &out, &told); code == 0 || !strings.Contains(told.String(), "--dir") {
		t.Errorf("exit code %d, %s", code, told.String())
	}
}

func TestTable_is_straight_in_a_terminal(t *testing.T) {
	got := table([][]string{{"角色", "Login"}, {"Store manager", "m"}, {"店长", "王"}})
	want := "  角色           Login\n  Store manager  m\n  店长           王\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
