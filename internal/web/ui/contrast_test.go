package ui_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// rgb is a colour in linear light, red, green and blue from 0 to 1.
type rgb [3]float64

func parseHex(t *testing.T, s string) rgb {
	t.Helper()
	var c rgb
	for i := range c {
		n, err := strconv.ParseUint(s[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatalf("colour %q: %v", s, err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

func (c rgb) luminance() float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// contrast is WCAG's ratio, from 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func (c rgb) oklab() [3]float64 {
	l := math.Cbrt(0.4122214708*c[0] + 0.5363325363*c[1] + 0.0514459929*c[2])
	m := math.Cbrt(0.2119034982*c[0] + 0.6806995451*c[1] + 0.1073969566*c[2])
	s := math.Cbrt(0.0883024619*c[0] + 0.2817188376*c[1] + 0.6299787005*c[2])
	return [3]float64{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

func fromOklab(v [3]float64) rgb {
	l := math.Pow(v[0]+0.3963377774*v[1]+0.2158037573*v[2], 3)
	m := math.Pow(v[0]-0.1055613458*v[1]-0.0638541728*v[2], 3)
	s := math.Pow(v[0]-0.0894841775*v[1]-1.2914855480*v[2], 3)
	return rgb{
		4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
		-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
		-0.0041960863*l - 0.7034186147*m + 1.7076147010*s,
	}
}

// mix is color-mix(in oklab, a share, b).
func mix(a rgb, share float64, b rgb) rgb {
	x, y := a.oklab(), b.oklab()
	for i := range x {
		x[i] = x[i]*share + y[i]*(1-share)
	}
	return fromOklab(x)
}

var (
	themeBlock = regexp.MustCompile(`(?s)name: "(rice[a-z-]*)";.*?\n}`)
	themeColor = regexp.MustCompile(`--color-([a-z0-9-]+): (#[0-9a-f]{6});`)
	mutedColor = regexp.MustCompile(`--rice-muted: (#[0-9a-f]{6});`)
)

// themes reads the colours of theme.css by theme and name.
func themes(t *testing.T) map[string]map[string]rgb {
	t.Helper()
	raw, err := os.ReadFile("../static/theme.css")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]rgb{}
	for _, block := range themeBlock.FindAllStringSubmatch(string(raw), -1) {
		colors := map[string]rgb{}
		for _, m := range themeColor.FindAllStringSubmatch(block[0], -1) {
			colors[m[1]] = parseHex(t, m[2])
		}
		out[block[1]] = colors
	}
	muted := mutedColor.FindAllStringSubmatch(string(raw), -1)
	if len(out) != 2 || len(muted) != 3 || muted[1][1] != muted[2][1] {
		t.Fatalf("theme.css has %d themes and the muted colours %v; want two themes, and the dark muted colour twice", len(out), muted)
	}
	out["rice"]["muted"], out["rice-dark"]["muted"] = parseHex(t, muted[0][1]), parseHex(t, muted[1][1])
	return out
}

func TestTextCanBeReadInBothThemes(t *testing.T) {
	const enough = 4.5
	for theme, c := range themes(t) {
		check := func(text, ground string, back rgb) {
			t.Helper()
			if got := contrast(c[text], back); got < enough {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want at least %.1f", theme, text, ground, got, enough)
			}
		}
		for _, ground := range []string{"base-100", "base-200", "base-300"} {
			check("base-content", ground, c[ground])
		}
		for _, ground := range []string{"base-100", "base-200"} {
			for _, text := range []string{"muted", "primary", "secondary", "info", "success", "warning", "error"} {
				check(text, ground, c[ground])
			}
		}
		for _, fill := range []string{"primary", "secondary", "accent", "neutral", "info", "success", "warning", "error"} {
			check(fill+"-content", fill, c[fill])
		}
		// .soft: text of a tone on a breath of the same tone.
		for _, tone := range []string{"primary", "secondary", "info", "success", "warning", "error"} {
			soft := mix(c[tone], 0.09, c["base-100"])
			check(tone, "soft "+tone, soft)
			check("base-content", "soft "+tone, soft)
		}
		check("muted", "soft plain", mix(c["base-content"], 0.09, c["base-100"]))
		// Lines of fields must be seen, too: 1.4.11 wants 3, of the focused one at least.
		if got := contrast(c["primary"], c["base-100"]); got < 3 {
			t.Errorf("%s: the focus ring has a contrast of %.2f", theme, got)
		}
	}
}

func TestMixingAgreesWithTheBrowser(t *testing.T) {
	// color-mix(in oklab, #1d5c4a 9%, #fffdf9) as Chromium computes it: rgb(235, 240, 234), to a step.
	got := mix(parseHex(t, "#1d5c4a"), 0.09, parseHex(t, "#fffdf9"))
	want := parseHex(t, "#ebefe9")
	for i := range got {
		if math.Abs(got[i]-want[i]) > 0.03 {
			t.Errorf("mixed %v, want about %v", got, want)
			break
		}
	}
}

// TestTheBrowserBarHasTheGroundsColour keeps the colours written into the page's
// head equal to the theme's.
func TestTheBrowserBarHasTheGroundsColour(t *testing.T) {
	raw, err := os.ReadFile("shell.templ")
	if err != nil {
		t.Fatal(err)
	}
	css, err := os.ReadFile("../static/theme.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`name="theme-color" content="(#[0-9a-f]{6})"`).FindAllStringSubmatch(string(raw), -1) {
		if !strings.Contains(string(css), "--color-base-200: "+m[1]) {
			t.Errorf("the page's head names %s, which is no theme's ground", m[1])
		}
	}
}
