package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx", for administration only

	"github.com/ricejar/ricejar/internal/db"
)

// pgServer is a PostgreSQL server with a migrated template database.
type pgServer struct {
	base     string // URL of any database on it
	admin    *sql.DB
	template string
	cluster  *Cluster // nil when the server is somebody else's
}

var server = sync.OnceValues(func() (*pgServer, error) {
	base := os.Getenv("RICEJAR_TEST_POSTGRES")
	var cluster *Cluster
	if base == "" {
		var err error
		if cluster, err = StartCluster(); err != nil {
			return nil, err
		}
		base = cluster.URL("postgres")
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		return nil, err
	}
	s := &pgServer{base: base, admin: admin, cluster: cluster, template: fmt.Sprintf("ricejar_template_%d", os.Getpid())}
	// One process may have died and left its template to a later one with its number.
	err = errors.Join(
		s.exec("DROP DATABASE IF EXISTS "+s.template),
		s.exec("CREATE DATABASE "+s.template+" TEMPLATE template0 ENCODING 'UTF8'"))
	if err != nil {
		return nil, err
	}
	d, err := db.Open(context.Background(), s.url(s.template))
	if err != nil {
		return nil, err
	}
	return s, d.Close()
})

func (s *pgServer) url(database string) string { return withDatabase(s.base, database) }

func (s *pgServer) exec(query string) error {
	_, err := s.admin.Exec(query)
	return err
}

// Cluster is a temporary PostgreSQL server of this process.
type Cluster struct {
	dir  string
	bin  string
	cred *syscall.Credential
	life io.Closer // the pipe whose end is the server's end; kept, or the garbage collector would close it
}

// ErrNoPostgres says how to get PostgreSQL.
var ErrNoPostgres = errors.New("PostgreSQL's initdb was not found: install it (Debian: apt-get install -y --no-install-recommends postgresql-15; " +
	"macOS: brew install postgresql@15) or set RICEJAR_TEST_POSTGRES to the URL of a server")

// StartCluster makes a cluster and starts it. It ends, and its folder goes,
// when this process does, however it ends.
func StartCluster() (*Cluster, error) {
	bin, err := findPostgres()
	if err != nil {
		return nil, err
	}
	cred, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("/tmp", "ricejar-pg-") // a socket's path must be short, so not TMPDIR
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, bin: bin, cred: cred}
	if cred != nil {
		if err := os.Chown(dir, int(cred.Uid), int(cred.Gid)); err != nil {
			return nil, err
		}
	}
	initdb := c.command("initdb", "-D", c.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return c, c.launch()
}

// URL is the URL of a database of the cluster.
func (c *Cluster) URL(database string) string {
	q := url.Values{"host": {c.dir}, "user": {"postgres"}}
	return "postgres:///" + database + "?" + q.Encode()
}

// Exec runs a statement as the cluster's administrator, outside of any transaction.
func (c *Cluster) Exec(query string) error {
	d, err := sql.Open("pgx", c.URL("postgres"))
	if err != nil {
		return err
	}
	_, err = d.Exec(query)
	return errors.Join(err, d.Close())
}

// Own hands a folder to the server's user.
func (c *Cluster) Own(dir string) error {
	if c.cred == nil {
		return nil
	}
	return os.Chown(dir, int(c.cred.Uid), int(c.cred.Gid))
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// supervise starts the server and waits on its own standard input, which is a
// pipe from this process: when the process is gone, so is the server.
const supervise = `"$0"/postgres -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
	-c full_page_writes=off -c max_connections=200 </dev/null &
cat
pg_pid=$(head -n 1 "$1/data/postmaster.pid") && kill -QUIT "$pg_pid"
wait
rm -rf "$1"`

// launch starts the server for the first time and waits until it answers.
func (c *Cluster) launch() error {
	cmd := c.command("sh", "-c", supervise, c.bin, c.dir)
	log, err := os.Create(filepath.Join(os.TempDir(), filepath.Base(c.dir)+".log"))
	if err != nil {
		return err
	}
	defer os.Remove(log.Name()) // the server keeps it open; nobody reads it unless starting fails
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if c.life, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	return c.waitReady(log.Name())
}

// Stop stops the server at once, as a crash would.
func (c *Cluster) Stop() error { return c.control("stop", "-m", "immediate") }

// Start starts the server again and waits until it answers. It begins in a
// hurry, with commits that a crash may lose; from here on it has PostgreSQL's
// own settings.
func (c *Cluster) Start() error {
	return c.control("start", "-l", filepath.Join(c.dir, "restart.log"), "-o",
		fmt.Sprintf("-k %s -c listen_addresses= -c max_connections=200", c.dir))
}

// Restart is Stop and Start.
func (c *Cluster) Restart() error {
	if err := c.Stop(); err != nil {
		return err
	}
	return c.Start()
}

// control has pg_ctl do something and waits until it is done.
func (c *Cluster) control(what string, args ...string) error {
	out, err := c.command("pg_ctl", append([]string{what, "-D", c.data(), "-w", "-t", "300"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pg_ctl %s: %w\n%s", what, err, out)
	}
	return nil
}

func (c *Cluster) waitReady(log string) error {
	d, err := sql.Open("pgx", c.URL("postgres"))
	if err != nil {
		return err
	}
	defer d.Close()
	deadline := time.Now().Add(time.Minute)
	for {
		err := d.Ping()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(log)
			return fmt.Errorf("the temporary PostgreSQL does not answer: %w\n%s", err, text)
		}
		time.Sleep(20 * time.Millisecond) // there is nothing to wait on but the socket
	}
}

// command runs a program of PostgreSQL, or the shell, as an unprivileged user.
func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	if name != "sh" {
		name = filepath.Join(c.bin, name)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred, Setpgid: true}
	return cmd
}

func findPostgres() (string, error) {
	var dirs []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/usr/pgsql-*/bin"} {
		found, _ := filepath.Glob(pattern) // the pattern is well-formed
		dirs = append(dirs, found...)
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	for i := len(dirs) - 1; i >= 0; i-- { // the newest of a pattern comes last
		if _, err := os.Stat(filepath.Join(dirs[i], "initdb")); err == nil {
			return dirs[i], nil
		}
	}
	return "", ErrNoPostgres
}

// unprivileged is the user PostgreSQL runs as when we are root, which it refuses to be.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("running as root, and there is neither a user postgres nor nobody to run PostgreSQL as")
}
