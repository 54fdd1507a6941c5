# Any target sets the machine up on first use. `make` alone lists them.
# ARGS goes to the tool behind a target: make test-fast ARGS="-k tags"

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements.lock
READY := $(VENV)/.ready
SPARK_LOCK := requirements-spark.lock
SPARK_READY := $(VENV)/.ready-spark
SPARK_TESTS := tests/emulator/spark/test_runs.py
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
ENGINE = engine=$$($(BIN)/python tools/pulumi/ensure) && PULUMI_EMRS_ENGINE_DIR="$$engine"

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-spark test test-fast test-spark test-exhaustive bench bench-emulator lint format lock build clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## The virtualenv .venv, from the lock

# Last of all the stamp: a set-up that was killed is done again. uv, itself out of the lock, installs in a third of pip's
# time; pip does it where only pip knows the way to the packages. pip also stays because Pulumi runs `pip list`.
$(READY): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
		echo "Python 3.10 or newer is needed, and $(PYTHON) is not: name one with make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing what $(LOCK) pins into $(VENV)" >&2
	@awk '/^[^ #]/ { wanted = /^uv==/ } wanted' $(LOCK) >$(VENV)/uv.txt
	@$(PIP) --require-hashes -r $(VENV)/uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCK) || $(PIP) --require-hashes -r $(LOCK)
	@$(PIP) --no-build-isolation --no-deps --editable .
	@$(BIN)/python tools/mark_editable.py
	@touch $@

# Apart, as pyspark has 300 MB: who runs no Spark needs neither it nor Java.
$(SPARK_READY): $(READY) $(SPARK_LOCK)
	@echo "Installing what $(SPARK_LOCK) pins into $(VENV)" >&2
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(SPARK_LOCK) || $(PIP) --require-hashes -r $(SPARK_LOCK)
	@touch $@

demo: $(READY) ## One job run from diff to result, on this machine, without an AWS account
	@$(ENGINE) $(BIN)/python tools/demo.py $(ARGS)

demo-spark: $(SPARK_READY) ## A Spark job on this machine, from `pulumi up` to its result and its log; needs Java 17
	@$(ENGINE) $(BIN)/python tools/demo_spark.py $(ARGS)

test: $(READY) ## Every test but test-spark's, those on the real Pulumi engine too
	@$(ENGINE) $(BIN)/python -m pytest -n auto --dist worksteal --ignore $(SPARK_TESTS) $(ARGS)

test-fast: $(READY) ## The tests that need no Pulumi engine
	@$(BIN)/python -m pytest -n auto --dist worksteal --ignore tests/engine --ignore $(SPARK_TESTS) $(ARGS)

test-spark: $(SPARK_READY) ## The tests that run Spark jobs for real; needs Java 17
	@$(BIN)/python -m pytest $(SPARK_TESTS) $(ARGS)

test-exhaustive: $(SPARK_READY) ## Every test, with every interruption point and many more generated cases
	@$(ENGINE) PULUMI_EMRS_EXHAUSTIVE=1 $(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

bench: $(READY) ## The measurements behind the figures in the docs
	@$(ENGINE) $(BIN)/python benchmarks/run.py $(ARGS)

bench-emulator: $(READY) ## What the emulator takes at 20,000 runs
	@$(BIN)/python benchmarks/emulator.py $(ARGS)

lint: $(READY) ## Style, format, types and the import rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(READY) ## Put the code into shape
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format

lock: $(READY) ## Bring the lock up to pyproject.toml; ARGS=--upgrade for newer versions
	@$(BIN)/uv pip compile pyproject.toml --extra dev --extra local --extra import --universal --python-version 3.10 \
		--generate-hashes --custom-compile-command "make lock" --quiet --output-file $(LOCK) $(ARGS)
	@$(BIN)/uv pip compile pyproject.toml --extra spark --constraints $(LOCK) --universal --python-version 3.10 \
		--generate-hashes --custom-compile-command "make lock" --quiet --output-file $(SPARK_LOCK) $(ARGS)

build: $(READY) ## The wheel, into dist/
	@$(BIN)/python -m hatchling build --target wheel

clean: ## Remove what the other targets made here (the built engine stays in its cache)
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find provider tests tools examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
