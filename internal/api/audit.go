package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/ricejar/ricejar/internal/audit"
	"github.com/ricejar/ricejar/internal/org"
)

type auditEntry struct {
	ID      string          `json:"id" doc:"Its place in the chain"`
	At      time.Time       `json:"at"`
	StaffID org.StaffID     `json:"staff_id,omitzero" doc:"Missing: the program itself or the command line"`
	Action  string          `json:"action"`
	Subject string          `json:"subject"`
	Detail  json.RawMessage `json:"detail"`
}

func (a *API) auditRoutes() {
	add(a, Route{ID: "list_audit", Method: http.MethodGet, Path: "/audit", Tag: "audit", Right: org.AuditRead}, a.listAudit)
	add(a, Route{ID: "verify_audit", Method: http.MethodGet, Path: "/audit/verification", Tag: "audit", Right: org.AuditRead}, a.verifyAudit)
}

type auditIn struct {
	Paging
	Staff   Ref[org.Staff] `query:"staff"`
	Action  string         `query:"action" maxLength:"80" example:"customer.reveal"`
	Subject string         `query:"subject" maxLength:"80" example:"customer:123"`
}

func (a *API) listAudit(ctx context.Context, _ org.Actor, in *auditIn) (*pageOut[auditEntry], error) {
	before, err := cursor[int64](in.After)
	if err != nil {
		return nil, err
	}
	list, err := a.Audit.List(ctx, audit.Filter{Staff: int64(in.Staff.Of), Action: in.Action, Subject: in.Subject, Before: before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	var next int64
	if len(list) > in.Limit {
		list = list[:in.Limit]
		next = list[in.Limit-1].ID
	}
	return newPage(each(list, func(e audit.Entry) auditEntry {
		detail, _ := e.Detail.(json.RawMessage)
		return auditEntry{strconv.FormatInt(e.ID, 10), e.At, org.StaffID(e.Staff), e.Action, e.Subject, detail}
	}), next)
}

type verification struct {
	Entries int64  `json:"entries" doc:"That hold together, from the first"`
	Hash    string `json:"hash" doc:"At their end: keep it elsewhere, and nobody can rewrite the record unseen"`
	Broken  int64  `json:"broken_at,omitempty" doc:"The entry at which the chain breaks; missing when it is whole"`
}

func (a *API) verifyAudit(ctx context.Context, _ org.Actor, _ *nothing) (*one[verification], error) {
	r, err := a.Audit.Verify(ctx)
	if err != nil {
		return nil, err
	}
	return &one[verification]{verification{r.Entries, r.Hash, r.Broken}}, nil
}
