# Everything a newcomer, a developer and the build server run. `make help` lists the targets.
#
# Nothing here asks a question, and nothing is rebuilt without a reason: a stamp
# is newer than all that its step read.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

ADDR    ?= 127.0.0.1:8080
DB      ?= sqlite:ricejar.db
VERSION ?= $(shell git describe --always --dirty --tags 2>/dev/null || echo dev)

GOLANGCI_VERSION := v2.15.0

TOOLS  := $(CURDIR)/build/bin
STAMP  := build/stamp
STATIC := internal/web/static
# -buildvcs=false: the version comes from git describe above, and the build does
# not fail where git refuses to look at a folder that belongs to someone else.
GOBUILD := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)"

TEMPL_SRC  := $(shell find internal -name '*.templ' 2>/dev/null)
ASSET_SRC  := $(shell find $(STATIC) -type f -not -path '$(STATIC)/dist/*' -not -name '*.go' 2>/dev/null) \
              $(wildcard package.json tailwind.config.* esbuild.config.* scripts/*.mjs)

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- what a person runs -------------------------------------------------------

.PHONY: demo
demo: build ## build, fill a SQLite database with a made-up chain, print who can sign in, serve on ADDR
	bin/ricejar demo --dir demo --addr $(ADDR)

.PHONY: run
run: build ## build and serve the database DB on ADDR
	bin/ricejar serve --db $(DB) --addr $(ADDR)

.PHONY: build
build: need-build generate assets ## bin/ricejar, with pages and assets inside
	$(GOBUILD) -o bin/ricejar ./cmd/ricejar

.PHONY: test
test: need-test build ## everything: vet, unit and store tests on both engines, the program in a shell and a browser
	go vet ./...
	go test -timeout 30m $$(go list ./... | grep -v -e /e2e$$)
	go test -timeout 20m ./e2e

LINTER := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)

.PHONY: lint
lint: need-build generate assets $(LINTER) ## formatting and linters (.golangci.yml)
	$(LINTER) run

.PHONY: fmt
fmt: $(LINTER) ## format the Go and templ sources
	$(LINTER) fmt
	go tool templ fmt internal

# Where benchmarks keep their databases.
BENCH_DIR ?= build/bench

.PHONY: bench bench-million bench-btyd
bench: build ## whole pages with 100,000 customers on both engines; bench/README.md has the other figures
	sh bench/pages $(BENCH_DIR)

bench-million: build ## a million customers, ten million purchases, 8 readers and 1 writer on both engines
	sh bench/million $(BENCH_DIR)

bench-btyd: ## customer-base models: a million customers, lifetimes beside them where installed, and the holdouts of the real files where present
	go run ./bench/btyd
	go test -count=1 -v -run 'Online_Retail|CDNOW' ./btyd ./btyd/replenish | grep -v '^=== '

.PHONY: clean
clean: ## remove what was built (not databases)
	rm -rf bin build node_modules $(STATIC)/dist
	find internal -name '*_templ.go' -delete

# --- steps --------------------------------------------------------------------

.PHONY: need-build need-test
need-build:
	@sh scripts/need build
need-test:
	@sh scripts/need test

.PHONY: generate
generate: $(STAMP)/templ ## Go code of the .templ pages

# The list is written anew when a page is added, renamed or removed or generated code
# is gone; the stamp below follows it and every edit.
$(STAMP)/templ.list: FORCE
	@mkdir -p $(STAMP)
	@n=$$(find internal -name '*_templ.go' | wc -l); \
	if [ $$n -ne $(words $(TEMPL_SRC)) ] || ! echo '$(sort $(TEMPL_SRC))' | cmp -s - $@; then \
		echo '$(sort $(TEMPL_SRC))' > $@; fi

$(STAMP)/templ: $(STAMP)/templ.list $(TEMPL_SRC) go.mod
	@find internal -name '*_templ.go' | while read -r f; do \
		[ -f "$${f%_templ.go}.templ" ] || rm -f "$$f"; done
	@if [ -n "$(TEMPL_SRC)" ]; then go tool templ generate -path internal; fi
	@touch $@

.PHONY: assets
assets: $(STATIC)/dist/.stamp ## CSS and JavaScript, from npm packages of the lock file

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

# Tailwind reads the pages for class names, so they are sources of the CSS.
$(STATIC)/dist/.stamp: node_modules/.package-lock.json $(STAMP)/templ.list $(ASSET_SRC) $(TEMPL_SRC)
	npm run build
	@touch $@

# The version is part of the name, so another one is another file.
$(LINTER):
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(TOOLS)/golangci-lint $@

.PHONY: FORCE
FORCE:
