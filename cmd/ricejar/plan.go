package main

import (
	"fmt"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/errs"
)

// planCmd makes a day's tasks.
type planCmd struct {
	Date string `help:"The day to plan, YYYY-MM-DD; today when left out." placeholder:"D"`
	JSON bool   `help:"Print as JSON." name:"json"`
}

// plannedJSON is what planning a day came to, for scripts.
type plannedJSON struct {
	Date   day.Day           `json:"date"`
	Made   int64             `json:"made"`
	Missed int64             `json:"missed"` // tasks whose moment has passed
	Rules  []plannedRuleJSON `json:"rules"`
}

type plannedRuleJSON struct {
	Rule string `json:"rule"`
	Made int64  `json:"made"`
}

// Run plans the day. Run again it makes nothing new; killed it goes on.
func (c *planCmd) Run(app *App) error {
	s, err := app.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	d, err := app.day(s, c.Date)
	if err != nil {
		return err
	}
	planned, err := s.Care.Plan(app.Context, d)
	if err != nil {
		return err
	}
	if c.JSON {
		out := plannedJSON{Date: d, Made: planned.Made, Missed: planned.Missed, Rules: []plannedRuleJSON{}}
		for _, r := range planned.Rules {
			out.Rules = append(out.Rules, plannedRuleJSON{r.Code, r.Made})
		}
		return app.PrintJSON(out)
	}
	p := app.Printer
	fmt.Fprintln(app.Out, p.T("cli.planned", "day", d.String(), "n", planned.Made))
	rules, err := s.Care.Rules(app.Context)
	if err != nil {
		return err
	}
	for _, made := range planned.Rules {
		for _, r := range rules {
			if r.Code == made.Code {
				fmt.Fprintf(app.Out, "%8s  %s\n", p.Number(made.Made), r.Name(p))
			}
		}
	}
	return nil
}

// day reads a day, or says which one it is in the first store.
func (a *App) day(s *Services, text string) (day.Day, error) {
	if text != "" {
		d, err := day.Parse(text)
		if err != nil {
			return 0, errs.Wrap(err, errs.Invalid, "cli.wrong_date", "date", text)
		}
		return d, nil
	}
	stores, err := s.Org.Stores(a.Context)
	if err != nil || len(stores) == 0 {
		return day.Of(a.Now(), a.Now().Location()), err
	}
	return s.Care.Today(a.Context, stores[0].ID)
}
