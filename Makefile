# Set-up and checks. `make demo` needs Python >= 3.11 and a package registry; `make test` needs git too.
# Everything is installed into .venv from requirements/*.txt, which pin version and hash and name no host.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps

# Where the random histories of `make soak` begin: the same seed makes the same ones.
SEED ?= 1

# From Debian's archive. For the tests that look at pages: the browser and a font to draw with. For letters as PDF: what
# lays text out, and a font with Chinese. For the tests that ask a real node: Node.js with its headers, and the compiler
# that some of the node's packages are built with. For a validator of exports: ICU, which it is compiled against. For
# workbooks: a spreadsheet.
SYSTEM_PACKAGES := chromium fonts-dejavu-core libpangoft2-1.0-0 libharfbuzz-subset0 fonts-wqy-microhei \
	nodejs npm libnode-dev g++ libicu-dev pkg-config gnumeric

# uv refuses to run without a cache folder that it can write to; then it works in a temporary one.
UV_OPTIONS := $(shell d="$${UV_CACHE_DIR:-$${XDG_CACHE_HOME:-$$HOME/.cache}}"; \
	{ mkdir -p "$$d" && test -w "$$d"; } 2>/dev/null || echo --no-cache)
# The certificates that the machine trusts, also for uv: a company's network may have its own.
export UV_SYSTEM_CERTS := 1
# Bytecode is kept, also where the environment says no: the tests start hundreds of programs, and each would compile
# every module that it imports.
export PYTHONDONTWRITEBYTECODE :=
UV := $(BIN)/uv $(UV_OPTIONS) pip install --quiet --python $(BIN)/python
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links

# uv where there is one, else (or when it fails) pip, on the same arguments and so on the same lock.
install = if test -x $(BIN)/uv && $(UV) $(1); then :; else echo "installing with pip"; $(PIP) $(1); fi

MAKEFLAGS += --no-print-directory
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help core dev nodes nodes-if-npm programs validators-if-icu demo test check lint docs notebooks soak spark bench accuracy \
	system system-in-ci lock clean

help:
	@echo "make demo    trace the cases that ship with the package"
	@echo "make test    every check and every test but the long ones"
	@echo "make check   ruff, mypy, import-linter, the documents"
	@echo "make docs    the documentation as a site, in site/"
	@echo "make notebooks  run the course anew and keep its outputs"
	@echo "make soak    the long versions of the tests"
	@echo "make spark   the tests of the engine on Spark (needs Java 17: openjdk-17-jre-headless)"
	@echo "make bench   the benchmarks"
	@echo "make accuracy  how often the rules are right: writes docs/accuracy.md"
	@echo "make nodes   the nodes that tests start, Neo4j's analysis of Cypher (needs npm: see make system)"
	@echo "make programs  what exports are opened with, in an environment of its own"
	@echo "make system  what only the system's package manager can bring (as root)"
	@echo "make lock    resolve requirements/*.txt anew"
	@echo "make clean   remove .venv and everything that is made"

# --- set-up ----------------------------------------------------------------------------------------

core: $(STAMPS)/package
dev: $(STAMPS)/dev $(STAMPS)/package

$(STAMPS)/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "chaintrace needs Python 3.11 or newer: make PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements/uv.txt || echo "uv cannot be installed here: going on with pip"
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/core: requirements/core.txt $(STAMPS)/uv
	@$(call install,--require-hashes -r requirements/core.txt)
	@touch $@

# dev.txt holds all of core.txt at the same versions, so that the core is installed as well.
$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/uv
	@$(call install,--require-hashes -r requirements/dev.txt)
	@touch $(STAMPS)/core $@

# What the benchmarks measure against; `make bench` alone installs it.
$(STAMPS)/bench: requirements/bench.txt $(STAMPS)/dev
	@$(call install,--require-hashes -r requirements/bench.txt)
	@touch $@

# The engine for more than one machine; `make spark` alone installs it.
$(STAMPS)/spark: requirements/spark.txt $(STAMPS)/dev
	@$(call install,--require-hashes -r requirements/spark.txt)
	@touch $@

# Validators of exports that are compiled: only where what they need is there. Their lock is for Python 3.11 alone.
$(STAMPS)/validators: requirements/validators.txt $(STAMPS)/dev
	@$(call install,--require-hashes -r requirements/validators.txt)
	@touch $@

validators-if-icu: dev
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' && command -v g++ >/dev/null && \
		command -v pkg-config >/dev/null && pkg-config --exists icu-i18n; then $(MAKE) $(STAMPS)/validators; \
		else echo "no Python 3.11 with ICU here: a validator of exports is left out"; fi

# What exports are opened with, where it contradicts what the tests need: in an environment of its own.
PROGRAMS := $(VENV)/programs
programs: $(STAMPS)/programs

$(STAMPS)/programs: requirements/programs.txt $(STAMPS)/uv
	@$(BIN)/python -m venv $(PROGRAMS)
	@$(subst $(BIN)/python,$(PROGRAMS)/bin/python,$(call install,--require-hashes -r requirements/programs.txt))
	@touch $@

$(STAMPS)/package: pyproject.toml $(STAMPS)/core
	@$(call install,--no-deps --no-build-isolation -e .)
	@touch $@

# The nodes that tests start, and Neo4j's analysis of Cypher. Packages that are compiled find Node's headers where Debian
# puts them, and fetch none.
NODES := tests/nodes/node_modules/.package-lock.json
nodes: $(NODES)

$(NODES): tests/nodes/package-lock.json tests/nodes/package.json
	cd tests/nodes && $(if $(wildcard /usr/include/node/node.h),npm_config_nodedir=/usr) npm ci --silent
	@touch $@

nodes-if-npm:
	@if command -v npm >/dev/null; then $(MAKE) nodes; else echo "no npm here: tests that need a node are skipped"; fi

# --- use -------------------------------------------------------------------------------------------

demo: core
	$(BIN)/chaintrace demo

# Count anew how often the rules are right, and write docs/accuracy.md and data/accuracy.csv. Without ../shared it counts
# the vectors that ship, and writes nothing.
accuracy: dev
	$(BIN)/python -m benchmarks.accuracy

bench: dev $(STAMPS)/bench
	$(BIN)/python -m benchmarks

# --- checks ----------------------------------------------------------------------------------------

# Behind mypy, which keeps one core busy, the tests and the loops of chaintrace.bulk are compiled: else several processes
# of the tests would each compile them. What goes wrong there goes wrong again, and is seen, in the tests. It ends with
# this recipe, also where that fails.
LINT := $(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy && $(BIN)/lint-imports
WARM := -q -p no:cacheprovider -k "test_bulk.py or test_bulk_trace.py"
test: system-in-ci dev validators-if-icu programs nodes-if-npm
	$(BIN)/python -m pytest $(WARM) >/dev/null 2>&1 </dev/null & warm=$$!; \
	trap 'kill $$warm 2>/dev/null || :' EXIT INT TERM; \
	$(LINT) && $(BIN)/python -m pytest -n auto --dist worksteal

check: dev lint
	$(BIN)/python -m pytest -q tests/docs

lint: dev
	$(LINT)

# The documentation as a site, in site/: no page of it fetches anything, and the build asks no network.
docs: dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "site/ is built. To read it, with its search: $(BIN)/python -m http.server --bind 127.0.0.1 --directory site"

# Run every notebook anew and keep its outputs: where a picture, a table or a sentence changed.
notebooks: dev
	$(BIN)/python -m tests.notebooks.run

soak: dev nodes-if-npm
	$(BIN)/python -m pytest -m soak --hypothesis-profile=soak --hypothesis-seed=$(SEED)

spark: dev $(STAMPS)/spark
	$(BIN)/python -m pytest -q tests/chaintrace/bulk/test_spark.py

system-in-ci:
	@if test "$$CI" = true && test "$$(id -u)" = 0; then $(MAKE) system; fi

system:
	@missing=""; for name in $(SYSTEM_PACKAGES); do \
		dpkg-query -W -f '$${Status}' $$name 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$name"; \
	done; \
	if test -z "$$missing"; then echo "nothing is missing from the system"; exit 0; fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing

# --- upkeep ----------------------------------------------------------------------------------------

# The old locks are removed first: uv keeps the pins of an output that exists.
lock: $(STAMPS)/uv
	rm -f requirements/uv.txt requirements/core.txt requirements/dev.txt requirements/bench.txt requirements/spark.txt \
		requirements/validators.txt requirements/programs.txt
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) pyproject.toml requirements/build.in -o requirements/core.txt
	$(LOCK) pyproject.toml requirements/build.in requirements/dev.in -c requirements/core.txt -o requirements/dev.txt
	$(LOCK) requirements/bench.in -c requirements/dev.txt -o requirements/bench.txt
	$(LOCK) requirements/spark.in -c requirements/dev.txt -o requirements/spark.txt
	$(filter-out --universal,$(LOCK)) requirements/validators.in -c requirements/dev.txt -o requirements/validators.txt
	$(LOCK) requirements/programs.in -o requirements/programs.txt
	rm -rf tests/nodes/node_modules tests/nodes/package-lock.json
	cd tests/nodes && npm install --silent --package-lock-only

clean:
	rm -rf $(VENV) build dist demo site tests/nodes/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find chaintrace heuristics tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
