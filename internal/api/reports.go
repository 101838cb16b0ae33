package api

import (
	"context"
	"net/http"

	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// purchases are the totals of everything bought, under the names that the
// command line prints as well.
type purchases struct {
	Currency          string         `json:"currency" doc:"That of most receipts; the others are not in the sums"`
	Lines             int64          `json:"lines"`
	Receipts          int64          `json:"receipts"`
	Returns           int64          `json:"returns"`
	Customers         int64          `json:"customers"`
	Products          int64          `json:"products"`
	LinesNoCustomer   int64          `json:"lines_without_customer"`
	NetTotal          string         `json:"net_total"`
	NetTotalCustomers string         `json:"net_total_customers"`
	Clean             cleanPurchases `json:"clean" doc:"Lines of a customer with a quantity and a price above zero"`
}

type cleanPurchases struct {
	Lines       int64   `json:"lines"`
	Receipts    int64   `json:"receipts"`
	Customers   int64   `json:"customers"`
	Total       string  `json:"total"`
	TopShare    float64 `json:"top_2_5_percent_share" doc:"Of the total, by the 2.5 % of customers who bought most"`
	RepeatShare float64 `json:"repeat_share" doc:"Of customers, those with two or more receipts"`
}

func newPurchases(t purchase.Totals) purchases {
	return purchases{
		Currency: string(t.Currency), Lines: t.Lines, Receipts: t.Receipts, Returns: t.Returns, Customers: t.Customers,
		Products: t.Products, LinesNoCustomer: t.LinesNoCustomer, NetTotal: t.NetTotal.String(), NetTotalCustomers: t.NetTotalCustomer.String(),
		Clean: cleanPurchases{t.Clean.Lines, t.Clean.Receipts, t.Clean.Customers, t.Clean.Total.String(), t.Clean.TopShare, t.Clean.RepeatShare},
	}
}

func (a *API) reportRoutes() {
	add(a, Route{ID: "report_purchases", Method: http.MethodGet, Path: "/reports/purchases", Tag: "reports", Right: org.ReportsRead, Slow: true}, a.reportPurchases)
}

func (a *API) reportPurchases(ctx context.Context, actor org.Actor, _ *nothing) (*one[purchases], error) {
	t, err := a.Purchases.Purchases(ctx, actor)
	if err != nil {
		return nil, err
	}
	return &one[purchases]{newPurchases(t)}, nil
}
