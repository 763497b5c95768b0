# `make audit` and `make test` set up everything they need in .venv; nothing else is assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXTRAS := dev,local,train,trl,hub,excel,docs,figures,scout
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# A process per core, and one for the time in which others wait for a server, a signal or a program; the tests of a file
# stay together (tests/dealing.py). A process that ends in a test, as one that hangs does (pyproject.toml), is not
# started again for the same test.
PROCESSES = $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
PYTEST = $(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --max-worker-restart 0
# One thread a process: two spinning pools beside each other make the same work several times slower.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
# So many small tables that a pool of threads costs each of them more than it gives; an audit of real size keeps it.
test test-all test-long coverage nightly flaky: export POLARS_MAX_THREADS ?= 1
# Tests start programs, and each would compile all of src again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: audit calibrate test test-all test-long coverage nightly flaky versions lint format bench consistency study fuzz docs wheel clean help

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /	/'

# In one call, with the pip of constraints.txt: an older one reads the metadata of every package for every package, and
# each call finds all of them anew. Modules are compiled on every core, and not by pip on one of them; all but tests and
# the models of Transformers, most of which nobody imports: Python compiles those when it needs them.
define install
test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
$(PIP) pip
$(PIP) --no-compile -e '.$(1)'
-$(BIN)/python -m compileall -qq -j 0 -x '/tests/|/transformers/models/' $(VENV)/lib
endef

$(VENV)/base: pyproject.toml constraints.txt
	$(call install,)
	touch $@

# What is installed with more extras is there with fewer as well.
$(VENV)/dev: pyproject.toml constraints.txt
	$(call install,[dev])
	touch $(VENV)/base $@

$(VENV)/all: pyproject.toml constraints.txt
	$(call install,[$(EXTRAS)])
	touch $(VENV)/base $(VENV)/dev $(VENV)/docs $@

$(VENV)/docs: pyproject.toml constraints.txt
	$(call install,[docs])
	touch $(VENV)/base $@

# Two targets that install would do it at the same time in `make -j`.
.NOTPARALLEL:

audit: $(VENV)/base ## audit the bundled organism (or ARGS="--model ..."), and write a report
	$(BIN)/unsaid audit $(ARGS)

calibrate: $(VENV)/base ## every instrument on models of known truth; fails where one no longer separates
	$(BIN)/unsaid calibrate $(ARGS)

test: $(VENV)/dev ## tests of the base install (no PyTorch), without whole runs (tests/whole.py) and the long ones
	$(PYTEST) -m "not extras and not whole and not long" $(ARGS)

test-all: $(VENV)/all ## tests of everything, with the extras and whole runs, without the long ones
	$(PYTEST) -m "not long" $(ARGS)

test-long: $(VENV)/all ## the long tests: further pages, moments and whole audits of kinds that test-all holds too (tests/tiers.py)
	$(PYTEST) -m long $(ARGS)

# A simulation, and a test on twenty times as many examples, may take longer than the time in which any other has hung.
PATIENTLY := -o faulthandler_timeout=21600

coverage: $(VENV)/dev ## long simulations: do the intervals cover the truth as often as they say
	$(PYTEST) -m coverage $(PATIENTLY) $(ARGS)

nightly: $(VENV)/all ## all tests, the long ones too, on new random examples, twenty times as many (Hypothesis)
	HYPOTHESIS_PROFILE=nightly $(PYTEST) $(PATIENTLY) $(ARGS)

flaky: $(VENV)/all ## all tests, the long ones too, five times in random order, beside a busy process on every core (ARGS="--times 2 tests/cli")
	$(BIN)/python -m benchmarks.flaky -n logical --dist loadfile $(ARGS)

lint: $(VENV)/all ## ruff and mypy, strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/all ## the measurements of benchmarks/README.md
	$(BIN)/python -m benchmarks

consistency: $(VENV)/all ## what consistency and verbalisation data do to organisms, three seeds (ARGS=--small: one, in minutes)
	$(BIN)/python benchmarks/consistency.py $(ARGS)

fuzz: $(VENV)/dev ## a loader under coverage-guided fuzzing (LOADER=run.json, ARGS=-max_total_time=600)
	$(PIP) atheris
	$(BIN)/python benchmarks/fuzz.py $(or $(LOADER),run.json) $(ARGS)

study: $(VENV)/all ## organisms by reinforcement, against what was expected of them (docs/study.md); goes on where it was stopped
	$(BIN)/unsaid train study --out build/study $(ARGS)

docs: $(VENV)/docs ## the documentation site, into build/site
	$(BIN)/python docs/tools/generate.py
	$(BIN)/zensical build --strict --clean

wheel: $(VENV)/base ## build the wheel, install it into an empty environment, and audit from it
	PYTHON=$(PYTHON) VENV=$(VENV) .ci/wheel

versions: $(VENV)/base ## some tests with the oldest and the newest Inspect, and with each Python here (ARGS=inspect: no other Python)
	PYTHON=$(PYTHON) VENV=$(VENV) .ci/versions $(ARGS)

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
