package customers

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/phone"
	"github.com/ricejar/ricejar/internal/sheet"
	"github.com/ricejar/ricejar/internal/web"
)

// exportChunk is how many customers are read at once for an export.
const exportChunk = 500

// export is the list as a file, with phones in full. That it was taken, by whom
// and of which part of the customers, is on record before the first row is sent.
func (h Pages) export(w http.ResponseWriter, r *http.Request) error {
	ctx, actor, q := r.Context(), web.Actor(r), web.Query(r)
	format := q.Text("format")
	if format != "csv" && format != "xlsx" {
		return errs.New(errs.Invalid, "sheet.unknown_format", "format", format)
	}
	filter := listFilter(q)
	n, err := h.names(ctx)
	if err != nil {
		return err
	}
	err = h.Customers.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return audit.Append(ctx, tx, audit.Entry{
			Staff: int64(actor.ID()), Action: "customer.export", Subject: "customers",
			Detail: map[string]any{"format": format, "store": filter.Store.String(), "owner": filter.Owner.String(), "reach": string(actor.Reach)},
		})
	})
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Type", "text/csv; charset=utf-8")
	if format == "xlsx" {
		head.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	}
	head.Set("Content-Disposition", `attachment; filename="customers-`+web.Today(r)+"."+format+`"`)
	out, err := sheet.NewWriter(w, format)
	if err != nil {
		return err
	}
	if err := h.writeExport(r, out, filter, n); err != nil {
		// Half a file must not look whole: the connection is cut.
		panic(http.ErrAbortHandler)
	}
	if err := out.Close(); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (h Pages) writeExport(r *http.Request, out sheet.Writer, filter customer.Filter, n names) error {
	ctx, actor := r.Context(), web.Actor(r)
	var titles []any
	for _, key := range []string{
		"name", "gender", "phone", "card", "birthday", "store", "owner", "vip", "do_not_contact", "completeness",
		"receipts", "bought_in_all", "currency", "last_bought", "created",
	} {
		titles = append(titles, web.T(r, "customers.column."+key))
	}
	if err := out.Write(titles...); err != nil {
		return err
	}
	zone := web.Zone(r)
	var after customer.ID
	for {
		// In the order of the pages, a customer whom somebody edits meanwhile would be passed by.
		list, err := h.Customers.ListByID(ctx, actor, filter, after, exportChunk)
		if err != nil {
			return err
		}
		hits := make([]hit, len(list))
		for i, c := range list {
			hits[i] = hit{Summary: c}
		}
		rows, err := h.rows(ctx, n, hits)
		if err != nil {
			return err
		}
		for _, c := range rows {
			if err := out.Write(c.Name, gender(ctx, c.Gender), phoneText(c.Phone), c.Card, birthday(ctx, c.Birth), c.Place, c.Keeper,
				mark(c.VIP), mark(c.DoNotContact), c.Completeness, c.Stat.Receipts, sheet.Number(c.Stat.Net.String()), string(c.Stat.Currency),
				c.Stat.LastDay, c.CreatedAt.In(zone).Format(time.DateOnly)); err != nil {
				return err
			}
		}
		if len(list) < exportChunk {
			return nil
		}
		after = list[len(list)-1].ID
	}
}

// phoneText is a phone as a spreadsheet keeps it: digits without a sign in front,
// for a Chinese mobile; others with their country.
func phoneText(n phone.Number) string {
	if n == "" {
		return ""
	}
	return n.Format()
}

func mark(yes bool) string { return strconv.Itoa(boolInt(yes)) }
