# `make audit` and `make test` set up everything they need in .venv; nothing else is assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# A process per core; the tests of a file stay together, with what they share.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile
# One thread a process: two spinning pools beside each other make the same work several times slower.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
# Tests start programs, and each would compile all of src again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: audit calibrate test test-all coverage nightly flaky versions lint format bench fuzz docs wheel clean help

help:
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /	/'

$(VENV)/base: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	touch $@

$(VENV)/dev: $(VENV)/base
	$(PIP) -e '.[dev]'
	touch $@

$(VENV)/all: $(VENV)/dev
	$(PIP) -e '.[dev,local,train,hub,docs,figures,scout]'
	touch $@

audit: $(VENV)/base ## audit the bundled organism (or ARGS="--model ..."), and write a report
	$(BIN)/unsaid audit $(ARGS)

calibrate: $(VENV)/base ## every instrument on models of known truth; fails where one no longer separates
	$(BIN)/unsaid calibrate $(ARGS)

test: $(VENV)/dev ## tests of the base install (no PyTorch)
	$(PYTEST) -m "not extras" $(ARGS)

test-all: $(VENV)/all ## all tests, with the extras
	$(PYTEST) $(ARGS)

coverage: $(VENV)/dev ## long simulations: do the intervals cover the truth as often as they say
	$(PYTEST) -m coverage $(ARGS)

nightly: $(VENV)/all ## all tests on new random examples, twenty times as many (Hypothesis)
	HYPOTHESIS_PROFILE=nightly $(PYTEST) $(ARGS)

flaky: $(VENV)/all ## all tests five times in random order, beside a busy process on every core (ARGS="--times 2 tests/cli")
	$(BIN)/python -m benchmarks.flaky -n auto --dist loadfile $(ARGS)

lint: $(VENV)/all ## ruff and mypy, strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/all ## the measurements of benchmarks/README.md
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/dev ## a loader under coverage-guided fuzzing (LOADER=run.json, ARGS=-max_total_time=600)
	$(PIP) atheris
	$(BIN)/python benchmarks/fuzz.py $(or $(LOADER),run.json) $(ARGS)

$(VENV)/docs: $(VENV)/base
	$(PIP) -e '.[docs]'
	touch $@

docs: $(VENV)/docs ## the documentation site, into build/site
	$(BIN)/python docs/tools/generate.py
	$(BIN)/zensical build --strict --clean

wheel: ## build the wheel, install it into an empty environment, and audit from it
	PYTHON=$(PYTHON) .ci/wheel

versions: ## some tests with the oldest and the newest Inspect, and with each Python here (ARGS=inspect: no other Python)
	PYTHON=$(PYTHON) .ci/versions $(ARGS)

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
