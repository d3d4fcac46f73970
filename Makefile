# The two commands a newcomer needs are `make run` and `make test`; `make` alone lists all.
# Every target installs what it needs into .venv first; later calls find it there and start at once.

PYTHON ?= python3#   makes .venv, once
ARGS ?=#             handed to the command of run, test, verify
JOBS ?= auto#        test processes

VENV_PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test test-slow check format generate verify environment environment-test clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: environment ## the main job: search posterior-prior pairs on real digits, then report (ARGS="--trials 5 ...")
	@$(VENV_PYTHON) -m search.run $(ARGS)

test: environment-test ## the tests, on all cores (ARGS="tests/vae -k name")
	@$(VENV_PYTHON) -m pytest --numprocesses $(JOBS) --maxprocesses 8 --dist worksteal $(ARGS)

test-slow: environment-test ## the tests that take minutes
	@$(VENV_PYTHON) -m pytest --numprocesses $(JOBS) --maxprocesses 8 --dist worksteal -m slow $(ARGS)

check: environment-test ## style, types, generated code up to date, import rules
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@$(VENV_PYTHON) -m mypy
	@$(VENV_PYTHON) -m codegen.build --check
	@$(VENV_PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-logo

format: environment-test ## mend what ruff can mend
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m ruff format .

generate: environment ## write generated/ anew from the catalog
	@$(VENV_PYTHON) -m codegen.build $(ARGS)

verify: environment ## hold every formula against quadrature (ARGS="--quick")
	@$(VENV_PYTHON) -m divergences.verify $(ARGS)

define install
@command -v "$(PYTHON)" >/dev/null || { echo "error: no '$(PYTHON)' here: install Python 3.11 or newer, or name it with make PYTHON=/path/to/it" >&2; exit 2; }
@"$(PYTHON)" -c 'import sys; sys.version_info >= (3, 11) or sys.exit("error: %s is Python %d.%d, but 3.11 or newer is needed: name one with make PYTHON=/path/to/it" % ((sys.executable,) + tuple(sys.version_info[:2])))'
@"$(PYTHON)" tools/environment.py
endef

environment:
	$(install)

environment-test:
	$(install) test

clean: ## remove .venv and every cache; runs/ is kept
	@rm -rf .venv build dist ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
