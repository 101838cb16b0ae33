package internal_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// typedPackage is one of our packages, read and type-checked.
type typedPackage struct {
	path  string
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info
}

// at is a position as an editor understands it.
func (p *typedPackage) at(n ast.Node) string {
	pos := p.fset.Position(n.Pos())
	dir, err := filepath.Abs("..")
	if err != nil {
		return pos.String()
	}
	if rel, err := filepath.Rel(dir, pos.Filename); err == nil {
		pos.Filename = rel
	}
	return pos.String()
}

// loadTyped type-checks every package of ours from its source; what they import
// comes from the compiler's own export data, so this costs no second compile.
var loadTyped = sync.OnceValues(func() ([]*typedPackage, error) {
	list, err := goList("-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Error", "./...")
	if err != nil {
		return nil, err
	}
	export := make(map[string]string)
	for _, p := range list {
		export[p.ImportPath] = p.Export
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if export[path] == "" {
			return nil, fmt.Errorf("%s does not compile", path)
		}
		return os.Open(export[path])
	})
	var out []*typedPackage
	var broken error
	for _, p := range list {
		if !strings.HasPrefix(p.ImportPath, module) || len(p.GoFiles) == 0 {
			continue
		}
		typed, err := check(p, fset, imports)
		if err != nil {
			broken = errors.Join(broken, err)
			continue
		}
		out = append(out, typed)
	}
	return out, broken
})

func check(p *pkg, fset *token.FileSet, imports types.Importer) (*typedPackage, error) {
	if p.Error != nil {
		return nil, fmt.Errorf("%s: %s", p.path, p.Error.Err)
	}
	typed := &typedPackage{path: p.path, fset: fset, info: &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue),
		Uses:  make(map[*ast.Ident]types.Object),
	}}
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		typed.files = append(typed.files, f)
	}
	config := types.Config{Importer: imports}
	_, err := config.Check(p.ImportPath, fset, typed.files, typed.info)
	return typed, err
}

func TestOurSourcesCompile(t *testing.T) {
	if _, err := loadTyped(); err != nil {
		t.Error(err)
	}
}
