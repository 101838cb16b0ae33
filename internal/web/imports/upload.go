package imports

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/purchase"
	"github.com/ricejar/ricejar/internal/web"
	"github.com/ricejar/ricejar/internal/web/form"
	"github.com/ricejar/ricejar/internal/web/paths"
)

func (p Pages) newPage(w http.ResponseWriter, r *http.Request) error {
	return p.showNew(w, r, form.Of("kind", string(purchase.Receipts)))
}

func (p Pages) showNew(w http.ResponseWriter, r *http.Request, f *form.Form) error {
	return web.Render(w, r, web.Page{Title: web.T(r, "imports.new"), Body: newPage(f), Form: f})
}

// upload takes the form as it streams in: a file of two gigabytes is written to
// the disk once and is never in memory. The kind stands before the file.
func (p Pages) upload(w http.ResponseWriter, r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "web.unreadable_form")
	}
	f := form.New(web.Printer(r), url.Values{})
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errs.Wrap(err, errs.Invalid, "web.unreadable_form")
		}
		if part.FormName() != "file" {
			value, err := io.ReadAll(io.LimitReader(part, 1000))
			if err != nil {
				return errs.Wrap(err, errs.Invalid, "web.unreadable_form")
			}
			f.Values.Add(part.FormName(), string(value))
			continue
		}
		if fileName(part) == "" {
			break
		}
		kind := purchase.FileKind(f.Text("kind"))
		if kind != purchase.Receipts && kind != purchase.Customers {
			f.Wrong("kind", "imports.kind_missing")
			return p.showNew(w, r, f)
		}
		run, err := p.Purchases.Upload(r.Context(), web.Actor(r), kind, fileName(part), part)
		if err == nil {
			return web.Redirect(w, r, paths.Import(run.ID))
		}
		if !f.Refused(err) {
			return err
		}
		return p.showNew(w, r, f)
	}
	f.Wrong("file", "imports.file_missing")
	return p.showNew(w, r, f)
}

// fileName is the file's name without the folders of the sender's machine.
func fileName(part *multipart.Part) string {
	name := path.Base(strings.ReplaceAll(part.FileName(), `\`, "/"))
	if name == "." || name == "/" {
		return ""
	}
	return name
}
