# Everything runs from here: `make help` lists what there is. Nothing outside this folder and TSUNAGU_HOME is
# touched, but for Debian packages that `make test-tools` and `make bench` install when they run as root.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Each lock is held to the versions of the one before. No lock holds an address.
LOCK   := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-annotate --no-header --quiet $(UPGRADE)

# What gettext reads of the translations that people edit.
CATALOG := src/tsunagu/web/locale/ja/LC_MESSAGES/django.mo

# Many tests wait for a child, a disk or a clock: one more than processors leaves none idle.
TESTS_AT_ONCE ?= $(shell expr $$(nproc) + 1)

# Every command is a process of its own: where byte code is not kept, each compiles the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
# One after the other, but for what is asked for at once.
ifndef AT_ONCE
.NOTPARALLEL:
endif
.PHONY: help setup demo serve test check soak bench bundle lock reference openapi translations lint collected tests test-tools setup-dev compiled

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: compiled ## Make .venv with all that the program and its demo need
	@echo "ready: $(BIN)/tsunagu --help"

demo: compiled ## Show three agencies finding what they have in common
	@$(BIN)/tsunagu demo

serve: compiled ## Serve the demonstration's workplace in the browser, until Ctrl-C
	@$(BIN)/tsunagu serve --demo

test: test-tools compiled ## Run the checks and every test but the long rounds, both at once
	@$(MAKE) --no-print-directory -j2 AT_ONCE=yes collected tests

check: lint ## Run the checks: style, types, floors, spelling, house rules (about a minute)
	$(BIN)/pytest --quiet tests/house

soak: test-tools compiled $(VENV)/.cluster ## Run the long rounds: kill -9, hostile files, leaks, clusters
	TSUNAGU_SOAK=1 $(BIN)/pytest -m soak
	TSUNAGU_SOAK=1 $(BIN)/pytest -m "hypothesis and not soak" -n $(TESTS_AT_ONCE) --dist loadscope

bench: $(VENV)-bench/.peers compiled ## Measure fingerprinting, search, ingest and pages, against peers in the same run
	$(BIN)/python -m bench.fingerprint
	$(BIN)/python -m bench.search
	$(BIN)/python -m bench.snapshot
	$(BIN)/python -m bench.ingest
	$(BIN)/python -m bench.linking
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.workbench

bundle: $(VENV)/.dev ## Pack one archive that installs without a network, into dist/
	@$(BIN)/python make/bundle.py dist

reference: $(VENV)/.runtime ## Write docs/commands.md anew from the program's own help
	@DJANGO_SETTINGS_MODULE=tsunagu.config.settings $(BIN)/python -c "import django; django.setup(); \
	    from tsunagu.cli.reference import reference; print(reference(), end='')" > docs/commands.md

openapi: $(VENV)/.runtime ## Write docs/openapi.json anew from the program itself
	@DJANGO_SETTINGS_MODULE=tsunagu.config.settings $(BIN)/python -c "from tsunagu.config.openapi import main; main()" \
	    > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json

translations: $(VENV)/.dev ## Gather the texts of the pages into the Japanese catalog; fail while one waits for its Japanese
	@$(BIN)/python make/translations.py
	@$(MAKE) --no-print-directory $(CATALOG)

lock: $(VENV)/.dev ## Pin every dependency by hash (UPGRADE=--upgrade takes newer releases)
	$(LOCK) pyproject.toml --extra build --extra demo --extra report --output-file requirements.lock
	$(LOCK) pyproject.toml --extra build --extra demo --extra report --extra dev --constraint requirements.lock \
	    --no-emit-package pdqhash --output-file requirements-dev.lock
	$(LOCK) pyproject.toml --extra build --extra cluster --constraint requirements-dev.lock \
	    --output-file requirements-cluster.lock
	for each in builders oracle peers; do \
	    $(LOCK) make/$$each.in --constraint requirements-dev.lock --output-file make/$$each.lock || exit; \
	done

# Parts of the targets above.

# Kernels are compiled by the first who calls them: one process does so for all others, beside the checks.
FIRST = $(addprefix tests/,conformance unit/fingerprints unit/index unit/overlap)
tests: $(VENV)/.dev
	@$(BIN)/pytest -m "not soak" $(FIRST); first=$$?; \
	$(BIN)/pytest -m "not soak" -n $(TESTS_AT_ONCE) --dist loadscope --no-loadscope-reorder \
	    $(addprefix --ignore=,$(FIRST)) && exit $$first

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

# Each process of a run would compile all tests by itself, at the same moment: one does so beside the first of them.
collected: lint
	@$(BIN)/pytest --collect-only --quiet --quiet > /dev/null

setup-dev: $(VENV)/.dev

# The program runs also as users who may not write here.
compiled: $(VENV)/.runtime
	@$(BIN)/python -m compileall -qq src

test-tools: $(VENV)/.dev
	@PYTHON="$(PYTHON)" make/test_tools.sh $(VENV)

%.mo: %.po make/compile_catalogs.py
	@$(PYTHON) make/compile_catalogs.py $<

# Whatever runs the program finds its translations compiled; they are no reason to install it anew.
$(VENV)/.runtime: requirements.lock pyproject.toml make/venv.sh make/debian.sh | $(CATALOG)
	@PYTHON="$(PYTHON)" make/venv.sh $(VENV) requirements.lock
	@$(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --quiet \
	    --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@PYTHON="$(PYTHON)" make/venv.sh $(VENV) requirements-dev.lock
	@touch $@

$(VENV)/.cluster: requirements-cluster.lock $(VENV)/.dev make/venv.sh
	@PYTHON="$(PYTHON)" make/venv.sh $(VENV) requirements-cluster.lock
	@touch $@

$(VENV)-bench/.peers: $(VENV)/.runtime make/bench_peers.sh make/builders.lock make/peers.lock
	@PYTHON="$(PYTHON)" make/bench_peers.sh $(VENV)-bench
	@touch $@
