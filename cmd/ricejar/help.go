package main

import (
	"bytes"
	"cmp"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/ricejar/ricejar/internal/i18n"
)

// langOf is the language that the command line or its surroundings name, known
// before the command line is understood: what it lacks is told in it, too.
func langOf(args []string) string {
	lang := cmp.Or(os.Getenv("RICEJAR_LANG"), os.Getenv("LANG"))
	for i, a := range args {
		if a == "--" {
			break
		}
		if told, ok := strings.CutPrefix(a, "--lang="); ok {
			lang = told
		} else if a == "--lang" && i+1 < len(args) {
			lang = args[i+1]
		}
	}
	return lang
}

// enum is how a help text in the code names the values that a flag may have.
const enum = "${enum}"

// translate puts the help of all commands and flags, which stands in the code in
// English, into another language.
func translate(m *kong.Application, p i18n.Printer) {
	if p.Locale == i18n.English {
		return
	}
	texts, english := map[string]string{}, i18n.Printer{Locale: i18n.English}
	for _, key := range i18n.Keys("help.") {
		texts[english.T(key, "enum", enum)] = p.T(key, "enum", enum)
	}
	value := func(v *kong.Value) {
		if text, ok := texts[v.OrigHelp]; ok {
			v.Help = foldable(strings.ReplaceAll(text, enum, v.Enum))
		}
	}
	var node func(n *kong.Node)
	node = func(n *kong.Node) {
		n.Help = foldable(cmp.Or(texts[n.Help], n.Help))
		paragraphs := strings.Split(n.Detail, "\n\n")
		for i, text := range paragraphs {
			paragraphs[i] = foldable(cmp.Or(texts[text], text))
		}
		n.Detail = strings.Join(paragraphs, "\n\n")
		for _, f := range n.Flags {
			value(f.Value)
		}
		for _, v := range n.Positional {
			value(v)
		}
		for _, child := range n.Children {
			node(child)
		}
	}
	node(m.Node)
}

// fold is where a line of Chinese may end: invisible, and then a blank, because
// lines are folded at blanks and Chinese has none. unfold takes both away again.
const fold = "\u2060 "

var unfold = strings.NewReplacer(fold, "", "\u2060", "")

// foldable lets a line end after every Chinese character that no closing mark follows.
func foldable(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		b.WriteRune(r)
		if r >= 0x2e80 && i+1 < len(runes) && !strings.ContainsRune(" \n，。、；：？！）」”…", runes[i+1]) && !strings.ContainsRune("（「“", r) {
			b.WriteString(fold)
		}
	}
	return b.String()
}

var moreHelp = regexp.MustCompile(`^Run "(.+) --help" for more information( on a command)?\.$`)

// helpPrinter prints help with the words around it in the reader's language.
func helpPrinter(p i18n.Printer) kong.HelpPrinter {
	if p.Locale == i18n.English {
		return kong.DefaultHelpPrinter
	}
	words := strings.NewReplacer("[flags]", p.T("help.word.some_flags"), "<command>", p.T("help.word.a_command"))
	return func(o kong.HelpOptions, ctx *kong.Context) error {
		var text bytes.Buffer
		out := ctx.Stdout
		ctx.Stdout = &text
		err := kong.DefaultHelpPrinter(o, ctx)
		ctx.Stdout = out
		if err != nil {
			return err
		}
		for line := range strings.Lines(unfold.Replace(text.String())) {
			line = words.Replace(strings.TrimSuffix(line, "\n"))
			usage, isUsage := strings.CutPrefix(line, "Usage: ")
			more := moreHelp.FindStringSubmatch(line)
			switch {
			case isUsage:
				line = p.T("help.word.usage", "command", usage)
			case line == "Arguments:":
				line = p.T("help.word.arguments")
			case line == "Flags:":
				line = p.T("help.word.flags")
			case line == "Commands:":
				line = p.T("help.word.commands")
			case more != nil:
				line = p.T("help.word.more", "command", more[1])
			}
			if _, err := io.WriteString(out, line+"\n"); err != nil {
				return err
			}
		}
		return nil
	}
}

// complaints are what the command line is refused with, and the message that says
// the same in every language.
var complaints = []struct {
	shape *regexp.Regexp
	key   string
}{
	{regexp.MustCompile(`^unknown flag (?P<what>\S+), did you mean (?:one of )?(?P<maybe>.+)\?$`), "help.wrong.flag_maybe"},
	{regexp.MustCompile(`^unknown flag (?P<what>\S+)$`), "help.wrong.flag"},
	{regexp.MustCompile(`^unexpected argument (?P<what>.+), did you mean (?:one of )?(?P<maybe>.+)\?$`), "help.wrong.argument_maybe"},
	{regexp.MustCompile(`^unexpected argument (?P<what>.+)$`), "help.wrong.argument"},
	{regexp.MustCompile(`^missing (?:flags:|positional arguments) (?P<what>.+)$`), "help.wrong.flags_missing"},
	{regexp.MustCompile(`^expected one of (?P<what>.+)$`), "help.wrong.expected_one"},
	{regexp.MustCompile(`^expected (?P<what>"<.+)$`), "help.wrong.expected"},
	{regexp.MustCompile(`^(?P<what>\S+) must be one of (?P<which>.+) but got (?P<given>.+)$`), "help.wrong.one_of"},
	{regexp.MustCompile(`^(?P<what>\S+): expected a (?:valid \d+ bit u?int|float) but got (?P<given>"(?:[^"\\]|\\.)*").*$`), "help.wrong.no_number"},
	{regexp.MustCompile(`^(?P<what>\S+): bool value must be .+ but got (?P<given>.+)$`), "help.wrong.no_bool"},
	{regexp.MustCompile(`^(?P<what>\S+): expected \w+ value but got .+$`), "help.wrong.no_value"},
}

// complaint says what is wrong with the command line.
func complaint(p i18n.Printer, err error) string {
	for _, c := range complaints {
		found := c.shape.FindStringSubmatch(err.Error())
		if found == nil {
			continue
		}
		args := map[string]any{}
		for i, name := range c.shape.SubexpNames() {
			args[name] = found[i]
		}
		return p.Args(c.key, args)
	}
	return err.Error()
}
