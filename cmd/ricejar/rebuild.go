package main

import (
	"context"
	"fmt"
)

// rebuildCmd makes anew what is kept beside the files and follows from them. It
// can be run while the program serves, and begun again when it was stopped.
type rebuildCmd struct {
	Search       rebuildSearchCmd       `cmd:"" help:"What customers are found by."`
	Statistics   rebuildStatisticsCmd   `cmd:"" help:"Every customer's purchase statistics, from the receipts."`
	Completeness rebuildCompletenessCmd `cmd:"" help:"How complete every customer's file is."`
}

type rebuildSearchCmd struct{}

// Run rebuilds the search.
func (c *rebuildSearchCmd) Run(app *App) error {
	return app.rebuild("cli.rebuilt.search", func(s *Services) func(context.Context) (int, error) { return s.Customers.RebuildSearch })
}

type rebuildStatisticsCmd struct{}

// Run rebuilds the statistics.
func (c *rebuildStatisticsCmd) Run(app *App) error {
	return app.rebuild("cli.rebuilt.statistics", func(s *Services) func(context.Context) (int, error) { return s.Purchases.RebuildStats })
}

type rebuildCompletenessCmd struct{}

// Run counts the files anew.
func (c *rebuildCompletenessCmd) Run(app *App) error {
	return app.rebuild("cli.rebuilt.completeness", func(s *Services) func(context.Context) (int, error) { return s.Customers.RebuildCompleteness })
}

// rebuild runs one of them and prints of how many customers it was.
func (a *App) rebuild(message string, of func(*Services) func(context.Context) (int, error)) error {
	s, err := a.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	n, err := of(s)(a.Context)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.Out, a.Printer.T(message, "n", n))
	return nil
}
