package customers

import (
	"context"

	"github.com/ricejar/ricejar/internal/insight"
)

// readInsight adds what the purchases say about them.
func (h Pages) readInsight(ctx context.Context, p *filePage) (err error) {
	if h.Insight == nil {
		return nil
	}
	p.Insight, err = h.Insight.Panel(ctx, p.Actor, p.Customer.ID)
	return err
}

func stageWords(s insight.Stage) string { return "insight.stage." + s.String() }
