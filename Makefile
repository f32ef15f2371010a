# The commands of this project; `make help` lists them. They need Python 3.11 and make.

.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
# Two at a time, a file to each.
PYTEST_ARGS ?= -n 2 --dist loadfile
# Settings refuse to load without a key; a check that only reads code gets one of its own.
THROW_AWAY_KEY = ENV_FILE=/dev/null ENCRYPTION_KEYS="$$(.ci/venv key)"

.PHONY: help demo demo-reset test faults check format screenshot screenshots key

help:  ## list these commands
	@awk -F ':  ## ' '/^[a-z-]+:  ## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo:  ## try it: both systems imitated, a first sync, a web page (ONCE=1: stop after the sync)
	@.ci/venv install requirements.txt
	@exec $(PYTHON) -m demo $(if $(filter-out 0 false no,$(ONCE)),--once)

demo-reset:  ## forget everything the demo kept
	@exec "$$(.ci/venv python)" -m demo --reset

test:  ## run every test (REQUIRE_BROWSER=1: no Chromium is a failure)
	@.ci/venv install requirements-dev.txt
	@.ci/chromium
	@exec $(PYTHON) -m pytest $(PYTEST_ARGS)

faults:  ## break everything on purpose, at length, and print whom it cost
	@.ci/venv install requirements-dev.txt
	@HUB_LONG_TESTS=1 exec $(PYTHON) -m pytest -q $(PYTEST_ARGS) tests/faults tests/queue tests/journeys

check:  ## formatting, lint, types, import contracts, missing migrations
	@.ci/venv install requirements-dev.txt
	@.venv/bin/ruff format --check --quiet . || { echo "Not formatted; run: make format" >&2; exit 1; }
	@.venv/bin/ruff check --quiet .
	@$(THROW_AWAY_KEY) .venv/bin/mypy .
	@.venv/bin/lint-imports --no-logo
	@$(THROW_AWAY_KEY) DATABASE_URL=sqlite://:memory: $(PYTHON) manage.py makemigrations --check

format:  ## format the code and mend what lint can mend
	@.ci/venv install requirements-dev.txt
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

screenshot:  ## take the README's picture anew
	@.ci/venv install requirements-dev.txt
	@.ci/chromium
	@SCREENSHOTS=docs exec $(PYTHON) -m pytest -q tests/browser -k sees_the_result

screenshots:  ## every page, light and dark, phone and desktop, into build/screenshots
	@.ci/venv install requirements-dev.txt
	@.ci/chromium
	@mkdir -p build/screenshots
	@SCREENSHOTS=build/screenshots exec $(PYTHON) -m pytest -q tests/browser/test_every_page.py

key:  ## print a fresh encryption key
	@.ci/venv key
