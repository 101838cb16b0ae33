package purchase

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// An import is worked on by one process at a time. The process writes its name
// into the run and renews its lease with every chunk. A process that was killed
// on this machine is known to be dead at once; one on another machine when its
// lease has run out.

// active are the runs this process is working on.
var active sync.Map // RunID → struct{}

// ourName is host and process id.
var ourName = sync.OnceValue(func() string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return host + ":" + strconv.Itoa(os.Getpid())
})

// abandoned reports whether whoever had the run no longer works on it.
func (r *Run) abandoned(now time.Time) bool {
	if r.LeasedBy == "" || now.After(r.LeasedTill) {
		return true
	}
	if r.LeasedBy == ourName() {
		_, ours := active.Load(r.ID)
		return !ours // a process id used again, or a run that ended in a panic
	}
	host, _, _ := strings.Cut(ourName(), ":")
	other, pid, _ := strings.Cut(r.LeasedBy, ":")
	n, err := strconv.Atoi(pid)
	return other == host && err == nil && !processLives(n)
}

func processLives(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}
