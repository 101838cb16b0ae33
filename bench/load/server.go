package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the program under load, a process of its own.
type server struct {
	cmd     *exec.Cmd
	url     string
	started time.Duration // from the start of the process to its first answer
}

var servingAt = regexp.MustCompile(`http://[0-9.]+:[0-9]+`)

// start starts the program on a free port and waits for its first answer.
func start(ctx context.Context, o options) (*server, error) {
	s := &server{cmd: exec.CommandContext(ctx, o.binary, "serve", "--db", o.url, "--addr", "127.0.0.1:0")}
	s.cmd.Stderr = io.Discard // one line a request
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: build it first: make build", err)
	}
	lines := bufio.NewScanner(out)
	for s.url == "" && lines.Scan() {
		s.url = servingAt.FindString(lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
	if s.url == "" {
		return nil, errors.Join(errors.New("the program ended without serving"), s.cmd.Wait())
	}
	for {
		res, err := http.Get(s.url + "/sign-in")
		if err == nil {
			res.Body.Close()
			s.started = time.Since(begun)
			return s, nil
		}
		if time.Since(begun) > time.Minute {
			return nil, errors.Join(err, s.cmd.Process.Kill())
		}
		time.Sleep(time.Millisecond)
	}
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	_ = s.cmd.Wait()                          // a signal is how it ends
}

// settle waits until the program has nothing to do: the night's jobs, which a
// first start makes up for, are through. It gives up after some minutes.
func (s *server) settle(ctx context.Context) {
	const look, still, atMost = 500 * time.Millisecond, 6, 600
	before, quiet := s.worked(), 0
	for range atMost {
		select {
		case <-ctx.Done():
			return
		case <-time.After(look):
		}
		now := s.worked()
		if quiet++; now > before+1 {
			quiet = 0
		}
		if quiet == still {
			return
		}
		before = now
	}
}

// worked is the processor time the process has taken, in ticks of the kernel's
// clock; 0 where /proc is missing.
func (s *server) worked() int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name may hold blanks
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64) // the kernel writes numbers
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return user + system
}

// memory is the resident memory of the process in bytes; 0 where /proc is missing.
func (s *server) memory() int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	return kb << 10
}
