// Package ui is the look of the program: the components every page is made of.
//
// A component that holds nothing else is a struct, so that it can be written in
// a page and handed around as a value:
//
//	@ui.Button{Label: i18n.T(ctx, "customer.call"), Icon: "phone", Href: "tel:" + c.Phone}
//
// One that wraps other things is a function with children:
//
//	@ui.Card(ui.Head{Title: i18n.T(ctx, "customer.notes")}) {
//		<p>…</p>
//	}
//
// Components take sentences, not message keys: the page calls i18n.T. What all
// of them need to know about the reader (clock, zone, theme, who it is) comes
// from the Frame in the context; the language from the Printer in it.
//
// Rules of the house: colours are the theme's names only; one primary button a
// page; text never below 11 px and never on the gold; every control can be hit
// with a thumb (44 px on a coarse pointer) and reached with a keyboard; every
// icon that stands alone has a label; nothing is told by colour alone; no
// component needs script to work. Class names are written in .templ files only,
// because Tailwind reads no others.
package ui
