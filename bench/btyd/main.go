// Command btyd measures package btyd: events to histories, fits with standard errors, scoring and
// value of a million made-up customers, four million to see that it grows as they do, the
// peak of memory, and beside it the Python library lifetimes on the same data, where it is installed.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/ricejar/ricejar/btyd"
)

func main() {
	customers := flag.Int("customers", 1_000_000, "how many customers")
	times := flag.Int("times", 5, "how often each thing is measured: the best counts")
	python := flag.String("python", "python3", "the Python that lifetimes is run with; empty for none")
	script := flag.String("peer", "bench/btyd_peer.py", "the script that runs lifetimes")
	memory := flag.String("memory", "", "read events from this file, summarise, fit and score them, and print the peak of memory")
	flag.Parse()
	var err error
	if *memory != "" {
		err = peak(*memory)
	} else {
		err = run(*customers, *times, *python, *script)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "btyd:", err)
		os.Exit(1)
	}
}

// bench measures and prints rows of a table.
type bench struct {
	times int
	err   error
	took  map[string]float64 // seconds
}

// row measures do. reach is what it must stay within, in seconds; 0 asks for nothing.
func (b *bench) row(name string, reach float64, do func() error) {
	if b.err != nil {
		return
	}
	best, least := math.Inf(1), math.Inf(1)
	for range b.times {
		runtime.GC()
		used, begun := processor(), time.Now()
		if err := do(); err != nil {
			b.err = fmt.Errorf("%s: %w", name, err)
			return
		}
		best, least = min(best, time.Since(begun).Seconds()), min(least, processor()-used)
	}
	b.took[name] = best
	verdict := ""
	switch {
	case reach == 0:
	case best <= reach:
		verdict = fmt.Sprintf("≤ %g s: reached", reach)
	default:
		verdict = fmt.Sprintf("≤ %g s: MISSED", reach)
	}
	fmt.Printf("| %-44s | %8.4f s | %8.4f s | %s |\n", name, best, least, verdict)
}

// processor is the processor's time that this process has used.
func processor() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return math.NaN()
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// window observes the made-up customers in weeks.
var window = btyd.Window{End: days, Unit: 7}

func run(customers, times int, python, script string) error {
	fmt.Printf("%d processors, %s, %d customers; load %s\n\n", runtime.GOMAXPROCS(0), runtime.Version(), customers, load())
	fmt.Printf("| %-44s | %10s | %10s | |\n|---|---|---|---|\n", "what", "best", "processor")
	b := &bench{times: times, took: map[string]float64{}}
	e := events(customers)
	h, err := btyd.Summarize(e, customers, window)
	if err != nil {
		return err
	}
	b.row("events to histories", 0.05, func() error {
		_, err := btyd.Summarize(e, customers, window)
		return err
	})
	b.models(h)
	h.Spend, h.Purchases = spend(h)
	b.row("Gamma-Gamma fit", 0.3, func() error { _, err := btyd.FitGammaGamma(h, btyd.Options{}); return err })
	b.value(h)
	b.returns(e, customers)
	if b.err != nil {
		return b.err
	}

	folder, err := os.MkdirTemp("", "btyd")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if err := b.memory(folder, e); err != nil {
		return err
	}
	many := events(4 * customers)
	large, err := btyd.Summarize(many, 4*customers, window)
	if err != nil {
		return err
	}
	b.row("four times as many: BG/NBD fit", 0, func() error { _, err := btyd.FitBGNBD(large, btyd.Options{}); return err })
	b.row("four times as many: Pareto/NBD fit", 0, func() error { _, err := btyd.FitParetoNBD(large, btyd.Options{}); return err })
	b.row("four times as many: BG/NBD scoring", 0, func() error { score(oracle.bg, large); return nil })
	if b.err != nil || python == "" {
		return b.err
	}
	return b.peer(python, script, folder, h, e)
}

// oracle are models to score with: those of the CDNOW sample.
var oracle = struct {
	bg     btyd.BGNBD
	mbg    btyd.MBGNBD
	pareto btyd.ParetoNBD
}{
	btyd.BGNBD{R: 0.2426, Alpha: 4.4136, A: 0.7929, B: 2.4259},
	btyd.MBGNBD{R: 0.5248, Alpha: 6.1831, A: 0.8914, B: 1.6140},
	btyd.ParetoNBD{R: 0.5533, Alpha: 10.5776, S: 0.6062, Beta: 11.6679},
}

// columns are where scores go: made once, as a program that scores every night would.
var columns btyd.Scores

func score(m btyd.Model, h *btyd.Histories) {
	if len(columns.Alive) != h.Len() {
		columns = btyd.Scores{Alive: make([]float64, h.Len()), Active: make([]float64, h.Len()), Expected: make([]float64, h.Len())}
	}
	m.Score(columns, h, 39)
}

func (b *bench) models(h *btyd.Histories) {
	b.row("BG/NBD fit with standard errors", 0.08, func() error { _, err := btyd.FitBGNBD(h, btyd.Options{}); return err })
	b.row("MBG/NBD fit with standard errors", 0.08, func() error { _, err := btyd.FitMBGNBD(h, btyd.Options{}); return err })
	b.row("Pareto/NBD fit with standard errors", 1.5, func() error { _, err := btyd.FitParetoNBD(h, btyd.Options{}); return err })
	b.row("MBG/CNBD-k fit, k by likelihood", 0, func() error { _, err := btyd.FitMBGCNBD(h, btyd.Options{}); return err })
	score(oracle.bg, h) // makes the columns
	b.row("BG/NBD P(alive), P(active), expected", 0.02, func() error { score(oracle.bg, h); return nil })
	b.row("MBG/NBD P(alive), P(active), expected", 0.02, func() error { score(oracle.mbg, h); return nil })
	b.row("Pareto/NBD P(alive), P(active), expected", 0.1, func() error { score(oracle.pareto, h); return nil })
}

func (b *bench) value(h *btyd.Histories) {
	year, months := btyd.Horizon{Length: 52, Rate: 0.15}, btyd.Horizon{Periods: 12, Length: 4.345, Rate: 0.01}
	dst := columns.Expected
	b.row("discounted for ever, MBG/NBD", 0, func() error { return btyd.Discounted(dst, oracle.mbg, h, year) })
	b.row("discounted for ever, Pareto/NBD", 0, func() error { return btyd.Discounted(dst, oracle.pareto, h, year) })
	b.row("twelve months, MBG/NBD", 0, func() error { return btyd.Discounted(dst, oracle.mbg, h, months) })
}

func (b *bench) returns(e btyd.Events, customers int) {
	l, err := btyd.NewLog(e, customers)
	if err != nil {
		b.err = errors.Join(b.err, err)
		return
	}
	p, err := btyd.NewPast(l, window, 13)
	if err != nil {
		b.err = errors.Join(b.err, err)
		return
	}
	var r *btyd.Return
	b.row("return model fit, 13 weeks ahead", 0, func() (err error) { r, err = btyd.FitReturn(p); return err })
	b.row("return model scoring", 0, func() error {
		return r.Score(p, btyd.Scores{Active: columns.Active, Expected: columns.Expected})
	})
}

// memory runs this program again on a file of events, for what it alone takes.
func (b *bench) memory(folder string, e btyd.Events) error {
	file := filepath.Join(folder, "events")
	if err := writeColumns(file, e.Customer, e.Day); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self, "--memory", file)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	fmt.Print(string(out))
	return nil
}

// peak is the other process.
func peak(file string) error {
	customer, day, err := readColumns(file)
	if err != nil {
		return err
	}
	held := highest()
	n := 0
	for _, c := range customer {
		n = max(n, int(c)+1)
	}
	h, err := btyd.Summarize(btyd.Events{Customer: customer, Day: day}, n, window)
	if err != nil {
		return err
	}
	summarised := highest()
	f, err := btyd.FitMBGNBD(h, btyd.Options{})
	if err != nil {
		return err
	}
	score(f.Model, h)
	verdict := "reached"
	if !(highest() <= 120) {
		verdict = "MISSED"
	}
	what := fmt.Sprintf("memory: %.0f MB with the events, %.0f summarised", held, summarised)
	fmt.Printf("| %-44s | %7.0f MB | %10s | ≤ 120 MB at the peak of all: %s |\n", what, highest(), "", verdict)
	return nil
}

// highest is the most memory, in MB, that this process ever had; NaN where the machine does not tell.
// (What getrusage tells begins with the memory of the process it was started by.)
func highest() float64 {
	text, err := os.ReadFile("/proc/self/status")
	_, after, found := strings.Cut(string(text), "VmHWM:")
	kilobytes := 0.0
	if err == nil && found {
		_, err = fmt.Sscan(after, &kilobytes)
	}
	if err != nil || !found {
		return math.NaN()
	}
	return kilobytes / 1024
}

// peer runs lifetimes on the same histories and prints how many times as long it takes.
func (b *bench) peer(python, script, folder string, h *btyd.Histories, e btyd.Events) error {
	few := *h
	const part = 100_000 // its Pareto/NBD takes minutes for more
	if n := min(part, h.Len()); n > 0 {
		few = btyd.Histories{X: h.X[:n], Tx: h.Tx[:n], T: h.T[:n], Step: h.Step}
	}
	fmt.Println()
	b.row("Pareto/NBD fit, 100,000 customers", 0, func() error { _, err := btyd.FitParetoNBD(&few, btyd.Options{}); return err })
	if b.err != nil {
		return b.err
	}
	if err := errors.Join(writeColumns(filepath.Join(folder, "x"), h.X), writeColumns(filepath.Join(folder, "t_x"), h.Tx),
		writeColumns(filepath.Join(folder, "T"), h.T), writeColumns(filepath.Join(folder, "customer"), e.Customer),
		writeColumns(filepath.Join(folder, "day"), e.Day)); err != nil {
		return err
	}
	cmd := exec.Command(python, script, folder)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		fmt.Printf("No ratio to lifetimes: %s (%v)\n", lines[len(lines)-1], err)
		return nil
	}
	fmt.Printf("| %-44s | %10s | %10s | |\n|---|---|---|---|\n", "the same data, same machine, same run", "lifetimes", "ratio")
	for line := range strings.Lines(string(out)) {
		var one struct {
			Name    string
			Seconds float64
			Params  map[string]float64
		}
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		fmt.Printf("| %-44s | %8.3f s | %9.0f× | %v |\n", one.Name, one.Seconds, one.Seconds/b.took[one.Name], one.Params)
	}
	for name, fit := range map[string]func() ([]btyd.Estimate, error){
		"BG/NBD": func() ([]btyd.Estimate, error) { f, err := btyd.FitBGNBD(h, btyd.Options{}); return f.Estimates, err },
		"Pareto/NBD (100,000)": func() ([]btyd.Estimate, error) {
			f, err := btyd.FitParetoNBD(&few, btyd.Options{})
			return f.Estimates, err
		},
	} {
		estimates, err := fit()
		if err != nil {
			return err
		}
		fmt.Printf("Ours, %s:", name)
		for _, one := range estimates {
			fmt.Printf(" %s %.6g ± %.2g", one.Name, one.Value, one.SE)
		}
		fmt.Println()
	}
	return nil
}

// load is the load of the machine, where it tells: figures under load are none.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}
