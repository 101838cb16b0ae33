package e2e_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// which is what differs between two pages of one kind: an id, the field of a fact.
	which = regexp.MustCompile(`\d+|facts/[a-z_]+`)
	// notAPage is what a link may lead to without being a page: files to keep.
	notAPage = regexp.MustCompile(`^/static/|^/api/|/export|/download|\.(csv|xlsx|json)$`)
)

// TestEveryPageThatIsLinkedOpensAndFits follows every link from the first page
// on, one of each kind, in both themes. A link that leads nowhere, a complaint of
// the browser, a page that can be pushed sideways fails it; each leaves a picture.
func TestEveryPageThatIsLinkedOpensAndFits(t *testing.T) {
	for _, tc := range []struct {
		role   string
		device device
		atMost int
	}{
		{"manager", onPhone, 100},
		{"administrator", onPhone.inTheDark(), 180},
		{"administrator", onDesktop, 180},
	} {
		t.Run(tc.role+"-"+tc.device.name, func(t *testing.T) {
			p := visit(t, tc.device)
			p.signIn(tc.role)
			seen := make(map[string]bool)
			next := p.links(seen)
			visited := 0
			for len(next) > 0 && visited < tc.atMost {
				path := next[0]
				next = next[1:]
				visited++
				p.open(path)
				p.see("#main")
				p.picture("page-" + tc.role + kind(path))
				next = append(next, p.links(seen)...)
			}
			if len(next) > 0 {
				t.Errorf("more than %d kinds of pages: %v are left", tc.atMost, next)
			}
			if visited < 8 {
				t.Errorf("only %d pages are linked", visited)
			}
		})
	}
}

// links are where the page leads, each kind of page once.
func (p *page) links(seen map[string]bool) []string {
	p.t.Helper()
	all := eval[[]string](p, `[...document.querySelectorAll("a[href]")].filter(a => a.origin === location.origin).map(a => a.pathname + a.search)`)
	slices.Sort(all)
	var fresh []string
	for _, path := range all {
		k := kind(path)
		if notAPage.MatchString(strings.SplitN(path, "?", 2)[0]) || seen[k] {
			continue
		}
		seen[k] = true
		fresh = append(fresh, path)
	}
	return fresh
}

// kind is the path with its ids and the values of its query left out, as a file's name.
func kind(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	names := []string{which.ReplaceAllString(u.Path, "N")}
	for name := range u.Query() {
		names = append(names, name)
	}
	slices.Sort(names[1:])
	return strings.ReplaceAll(strings.Join(names, "+"), "/", "-")
}
