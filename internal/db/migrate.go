package db

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to date. Two programs that start together on
// one database migrate it once.
func (d *DB) Migrate(ctx context.Context) error {
	conn, err := d.lockConn(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer conn()
	dialect := database.DialectSQLite3
	if d.engine == PostgreSQL {
		dialect = database.DialectPostgres
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, d.write, tokenFS{files, d.dialect.tokens()})
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	// SQLite has no lock to hold over the whole: of two programs that run the
	// same file at once, one finds that its tables exist. It goes on behind the
	// other, as long as there is something the other has got done.
	for reached := int64(-1); ; {
		_, failure := provider.Up(ctx)
		if failure == nil {
			return nil
		}
		version, err := provider.GetDBVersion(ctx)
		if err != nil || version <= reached {
			return fmt.Errorf("migrate: %w", failure)
		}
		reached = version
	}
}

// lockConn takes the migration lock on a connection of its own and returns its
// release. SQLite has neither: its one write connection goose needs itself.
func (d *DB) lockConn(ctx context.Context) (release func(), err error) {
	if d.engine == SQLite {
		return func() {}, nil
	}
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	unlock, err := d.dialect.lockMigrations(ctx, conn)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return func() { unlock(); _ = conn.Close() }, nil
}

// tokenFS fills the {{…}} of the files it holds and marks them as goose's "up".
type tokenFS struct {
	fs.FS
	tokens map[string]string
}

var token = regexp.MustCompile(`\{\{(\w+)\}\}`)

// Open returns the file with its tokens filled.
func (t tokenFS) Open(name string) (fs.File, error) {
	f, err := t.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	defer f.Close()
	text, err := fs.ReadFile(t.FS, name)
	if err != nil {
		return nil, err
	}
	var unknown string
	text = token.ReplaceAllFunc(text, func(m []byte) []byte {
		v, ok := t.tokens[string(m[2:len(m)-2])]
		if !ok {
			unknown = string(m)
		}
		return []byte(v)
	})
	if unknown != "" {
		return nil, fmt.Errorf("migration %s: unknown token %s", name, unknown)
	}
	text = append([]byte("-- +goose Up\n"), text...)
	return &memFile{Reader: bytes.NewReader(text), info: memInfo{info, int64(len(text))}}, nil
}

// ReadDir lists the folder as it is.
func (t tokenFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(t.FS, name) }

type memFile struct {
	*bytes.Reader
	info memInfo
}

func (f *memFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *memFile) Close() error               { return nil }

type memInfo struct {
	fs.FileInfo
	size int64
}

func (i memInfo) Size() int64        { return i.size }
func (i memInfo) ModTime() time.Time { return time.Time{} }
