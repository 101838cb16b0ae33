package insight

import (
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/insight/life"
	"github.com/ricejar/ricejar/internal/money"
)

// Flow tells how the customers went from stage to stage, over some spans that end
// with the day of the report.
type Flow struct {
	Spans []FlowSpan `json:"spans"` // the shortest first
}

// FlowSpan is the flow between two days.
type FlowSpan struct {
	Currency string    `json:"currency"`
	Days     int       `json:"days"`
	From     string    `json:"from"` // YYYY-MM-DD
	To       string    `json:"to"`
	Moves    []Move    `json:"moves"`  // those that somebody made, by stage from and to
	Before   []InStage `json:"before"` // how many stood in each stage at the beginning
	After    []InStage `json:"after"`  // and at the end
}

// Move is customers who stood in one stage and stand in another, or in the same.
type Move struct {
	From      Stage `json:"from"`
	To        Stage `json:"to"`
	Customers int   `json:"customers"`
	Spent     int64 `json:"spent"` // in the last 365 days, minor units
}

// InStage is customers in a stage.
type InStage struct {
	Stage     Stage   `json:"stage"`
	Customers int     `json:"customers"`
	Share     float64 `json:"share"` // of those who had bought
}

// flowSpans are the spans looked at, in days.
var flowSpans = []int{30, 90, 365}

func flow(v *View) Flow {
	out := Flow{Spans: make([]FlowSpan, len(flowSpans))}
	var moves [life.Count][life.Count]Move
	for i, span := range flowSpans {
		from := v.Book.AsOf.AddDays(-span)
		clear(moves[:])
		var way Way
		var days []day.Day
		for k := range v.Scores {
			s := &v.Scores[k]
			days = v.All.Days(days[:0], v.Book.whole(k))
			v.Setting.Rules.Follow(&way, days, v.shopGap(), from)
			was, _ := way.At(from)
			m := &moves[was][s.Stage]
			m.Customers++
			m.Spent += s.Spent
		}
		out.Spans[i] = spanOf(moves[:], span, from, v.Book.AsOf, v.Book.Currency)
	}
	return out
}

// spanOf sums a matrix of moves up.
func spanOf(moves [][life.Count]Move, days int, from, to day.Day, c money.Currency) FlowSpan {
	f := FlowSpan{Currency: string(c), Days: days, From: from.String(), To: to.String(), Moves: []Move{}}
	var before, after [life.Count]int
	for was := range moves {
		for is, m := range moves[was] {
			if m.Customers == 0 {
				continue
			}
			m.From, m.To = Stage(was), Stage(is)
			f.Moves = append(f.Moves, m)
			before[was] += m.Customers
			after[is] += m.Customers
		}
	}
	f.Before, f.After = inStages(before[:]), inStages(after[:])
	return f
}

func inStages(counts []int) []InStage {
	bought := 0
	for _, n := range counts[Newcomer:] {
		bought += n
	}
	var list []InStage
	for _, s := range Stages() {
		one := InStage{Stage: s, Customers: counts[s]}
		if s != Prospect {
			one.Share = share(int64(counts[s]), int64(bought))
		}
		list = append(list, one)
	}
	return list
}
