# The two commands are `make lab` and `make test`. Both do their own set-up, and the second time it is instant.

.DEFAULT_GOAL := help
.PHONY: help lab test check notebooks bench lock
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?=
ARGS ?=
CANDIDATES := $(or $(PYTHON),python3.12 python3.11 python3.13 python3)
REPO2DOCKER := jupyter-repo2docker==2026.4.0
UV := uv==0.13.9

RUN := .venv/bin/python
PIP := -m pip install -qq --disable-pip-version-check
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

help:
	@echo "make lab        set up, then open the course in JupyterLab"
	@echo "make test       set up, then check everything: style, units, notebooks, browser"
	@echo "make check      style only (ruff)"
	@echo "make notebooks  run every notebook and store its outputs"
	@echo "make bench      measure how quick the explorers are"
	@echo "make lock       write requirements*.txt from pyproject.toml (ARGS=--upgrade moves every version)"

lab: .venv/.ready
	@.venv/bin/jupyter lab $(ROOT) $(ARGS) notebooks/index.ipynb

# A home of its own, so that no test reads or writes anybody's progress.
test:
	@$(MAKE) -s -j2 .venv/.ready-test .venv-repo2docker/.ready
	@browser=$$($(RUN) tests/browser/chromium.py) && echo "== Chromium: $$browser"
	@$(MAKE) check
	@export KNEECOURSE_HOME="$$(mktemp -d)" && trap 'rm -rf "$$KNEECOURSE_HOME"' EXIT && set -e && \
	echo "== units" && $(RUN) -m pytest -n 2 tests --ignore=tests/browser --ignore=tests/benchmarks && \
	echo "== notebooks: every stored output, strictly" && \
	$(RUN) -m pytest --nbval --nbval-current-env --nbval-cell-timeout 120 notebooks && \
	echo "== browser" && $(RUN) -m pytest tests/browser

check: .venv/.ready-test
	@echo "== style"
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check

notebooks: .venv/.ready
	@$(RUN) -m kneecourse.notebooks $(ARGS)

bench: .venv/.ready-test
	@$(RUN) tests/benchmarks/run.py $(ARGS)

lock: .venv/bin/python
	@$(RUN) $(PIP) $(UV)
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate $(ARGS) \
		pyproject.toml -o requirements.txt
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate $(ARGS) \
		pyproject.toml --extra test -c requirements.txt -o requirements-test.txt

# --- set-up: a stamp is newer than what it was made from ---------------------------------------------------

.venv/.ready: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing the course into .venv (a minute or two, once)"
	@$(RUN) $(PIP) -r requirements.txt
	@$(RUN) $(PIP) --no-deps -e .
	@touch $@

.venv/.ready-test: requirements-test.txt .venv/.ready
	@echo "Installing what the tests need into .venv"
	@$(RUN) $(PIP) -r requirements-test.txt
	@touch $@

# Binder's own tool has its own environment: its dependencies are not the course's.
.venv-repo2docker/.ready: Makefile | .venv/bin/python
	@$(RUN) -m venv --clear .venv-repo2docker
	@.venv-repo2docker/bin/python $(PIP) $(REPO2DOCKER)
	@touch $@

# A name on the path may be a stand-in, so each candidate has to show that it runs and can make an environment.
.venv/bin/python:
	@for python in $(CANDIDATES); do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making .venv with $$("$$python" --version)" && exec "$$python" -m venv --clear .venv; \
		fi; \
	done; \
	echo "The course needs Python 3.11 or newer, able to make virtual environments; tried: $(CANDIDATES)." >&2; \
	echo "  Debian, Ubuntu:  sudo apt-get install python3 python3-venv" >&2; \
	echo "  macOS:           brew install python@3.12" >&2; \
	echo "  elsewhere:       make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; \
	exit 1
