package apidocs

import (
	"net/http"
	"sync"

	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/paths"
)

// Path is where the page is.
const Path = paths.API

// Pages is the page, over the document the API makes.
type Pages struct {
	Document func() []byte // api.API.Document
}

// Routes registers the page. Anybody signed in may read it: what they may then
// do is another question.
func (p Pages) Routes(s *web.Site) {
	read := sync.OnceValues(func() (Document, error) { return Read(p.Document()) })
	s.Handle("GET "+Path, web.SignedIn, func(w http.ResponseWriter, r *http.Request) error {
		doc, err := read()
		if err != nil {
			return err
		}
		return web.Render(w, r, web.Page{Title: web.T(r, "apidocs.title"), Body: page(doc)})
	})
}
