// Package gallery shows every component with made-up content. Only tests import
// it: one opens it in a browser as a phone would, and looks at what no other
// test sees. Whoever changes a component changes its example here.
package gallery
