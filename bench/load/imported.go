package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// importing is the figure of memory while the running program imports a file
// that somebody has uploaded, and when it is through. Without --db it imports
// into an empty SQLite database of its own.
func importing(ctx context.Context, o options) error {
	if o.url == "" {
		dir, err := os.MkdirTemp("", "ricejar-load-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.url = "sqlite:" + filepath.Join(dir, "import.db")
	}
	admin := exec.CommandContext(ctx, o.binary, "--db", o.url, "user", "add", "importer", "--name", "importer", "--role", "administrator", "--password", o.password)
	if out, err := admin.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	s, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer s.stop()
	s.settle(ctx)
	fmt.Printf("memory at rest: %d MB\n", s.memory()>>20)
	p := person{login: "importer"}
	if err := p.signIn(ctx, s.url, o.password); err != nil {
		return err
	}
	run, err := p.upload(ctx, o.file)
	if err != nil {
		return err
	}
	begun, most := time.Now(), int64(0)
	for _, step := range []struct{ action, options, until string }{{"check", realFile, "checked"}, {"run", "{}", "done"}} {
		begun = time.Now()
		if run, err = p.call(ctx, http.MethodPost, "/imports/"+run.ID+"/"+step.action, strings.NewReader(step.options)); err != nil {
			return err
		}
		for run.State != step.until {
			if run.State == "failed" {
				return fmt.Errorf("the import failed: %s", run.Error.Detail)
			}
			most = max(most, s.memory())
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(100 * time.Millisecond):
			}
			if run, err = p.call(ctx, http.MethodGet, "/imports/"+run.ID, nil); err != nil {
				return err
			}
		}
	}
	fmt.Printf("%d lines imported in %s\n", run.Counts.Lines, time.Since(begun).Round(100*time.Millisecond))
	fmt.Printf("most memory meanwhile: %d MB\n", most>>20)
	s.settle(ctx)
	fmt.Printf("memory after the import: %d MB\n", s.memory()>>20)
	return nil
}

// realFile is how the real file is to be understood: its columns are guessed.
const realFile = `{"store": "UK1", "currency": "GBP", "tz": "Europe/London"}`

// importRun is what the API says of an import.
type importRun struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Counts struct {
		Lines int `json:"lines"`
	} `json:"counts"`
	Error struct {
		Detail string `json:"detail"`
	} `json:"error"`
}

func (p *person) upload(ctx context.Context, file string) (importRun, error) {
	f, err := os.Open(file)
	if err != nil {
		return importRun{}, err
	}
	defer f.Close()
	return p.call(ctx, http.MethodPost, "/imports?kind=receipts&name="+url.QueryEscape(filepath.Base(file)), f)
}

func (p *person) call(ctx context.Context, method, path string, send io.Reader) (run importRun, err error) {
	req, err := http.NewRequestWithContext(ctx, method, p.base+"/api/v1"+path, send)
	if err != nil {
		return run, err
	}
	req.Header.Set("Content-Type", "application/json")
	if _, ok := send.(*os.File); ok {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	res, err := p.client.Do(req)
	if err != nil {
		return run, err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		var problem bytes.Buffer
		_, _ = problem.ReadFrom(res.Body) // what could be read is enough to tell
		return run, fmt.Errorf("%s %s: %s: %.500s", method, path, res.Status, &problem)
	}
	return run, json.NewDecoder(res.Body).Decode(&run)
}
