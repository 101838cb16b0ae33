package e2e_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// builtProgram is bin/ricejar, as `make build` leaves it.
func builtProgram(t testing.TB) string {
	t.Helper()
	path, err := filepath.Abs("../bin/ricejar")
	if err != nil {
		t.Fatal(err)
	}
	// Looking at the file also tells the go command to run the tests again when it changes.
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: run `make build` first", err)
	}
	return path
}

// served is a running program.
type served struct {
	url string

	cmd    *exec.Cmd
	ended  chan struct{}
	mu     sync.Mutex
	output bytes.Buffer // both streams
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// start runs the program with a command that serves, and waits until it says where.
func start(program string, args ...string) (*served, error) {
	s := &served{cmd: exec.Command(program, args...), ended: make(chan struct{})}
	s.cmd.Env = append(os.Environ(), "RICEJAR_LANG=en", "RICEJAR_DB=")
	r, w := io.Pipe()
	s.cmd.Stdout, s.cmd.Stderr = w, w
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.cmd.Wait() // how it ended is in its output
		_ = w.Close()
		close(s.ended)
	}()
	where := make(chan string, 1)
	go func() {
		for lines := bufio.NewScanner(r); lines.Scan(); {
			s.mu.Lock()
			s.output.Write(append(lines.Bytes(), '\n'))
			s.mu.Unlock()
			if url := address.FindString(lines.Text()); url != "" {
				select {
				case where <- url:
				default:
				}
			}
		}
	}()
	select {
	case s.url = <-where:
		return s, nil
	case <-s.ended:
		return nil, errors.New("it ended: " + s.said())
	case <-time.After(3 * patience): // it may have a chain to make up first
		s.kill()
		return nil, errors.New("it does not say where it serves: " + s.said())
	}
}

// said is all it has printed so far.
func (s *served) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.output.String()
}

// stop asks it to end, as a service manager does, and waits.
func (s *served) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
		if code := s.cmd.ProcessState.ExitCode(); code != 0 {
			return errors.New("it did not end well: " + s.said())
		}
		return nil
	case <-time.After(patience):
		s.kill()
		return errors.New("it does not end when told to: " + s.said())
	}
}

// kill ends it as a power cut would.
func (s *served) kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
}
