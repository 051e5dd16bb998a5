# Each target makes what it needs in .venv and is quick when that is there.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench format demo clean

run: .venv/.run
	@$(BIN)/paperwire run

demo: .venv/.run
	@$(BIN)/paperwire chat --demo

test: .venv/.dev
	$(BIN)/python -m pytest -q -m "not llm and not long"

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/vulture
	$(BIN)/deptry .

bench: .venv/.dev
	$(BIN)/python -m benchmarks

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Paperwire needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv

.venv/.run: .venv/bin/python pyproject.toml
	@echo "Installing Paperwire into .venv (once, under a minute) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable . >&2
	@touch $@

.venv/.dev: .venv/bin/python pyproject.toml
	@echo "Installing Paperwire and its development tools into .venv (once) …" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --editable '.[dev,semantic]' >&2
	@touch $@ .venv/.run
