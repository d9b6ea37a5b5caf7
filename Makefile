# The two commands that matter are `make run` and `make test`; each sets up what it needs, once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV := 0.13.9
BIN := .venv/bin
# PORT, DEMO and ONLY reach the commands by themselves, from the command line and from the environment.
export DJANGO_SETTINGS_MODULE := config.settings

.PHONY: compiled help run test test-long test-browser test-services check fix bench messages lint types contract templates upgrade migrations deploy catalogues locks

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# -- Setting up: stamps, so that a second run starts at once
.venv/uv-$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "python3 (3.11 or newer) is needed" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV)"
	@touch $@

.venv/ready: requirements.lock | .venv/uv-$(UV)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

.venv/ready-dev: requirements-dev.lock | .venv/uv-$(UV)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@ .venv/ready

# -- Running
run: .venv/ready ## Set up what is missing and serve on 127.0.0.1:8000 (PORT=8123, DEMO=0 for an empty one)
	@exec $(BIN)/python -m config.launcher

test: .venv/ready-dev compiled ## Everything but browser, services and what takes minutes: about two minutes on two cores
	@# Tables are made from the models here; CI makes them by the migrations, on PostgreSQL.
	@$(BIN)/python -m pytest -n 2 --dist worksteal --no-migrations -m "not browser and not services and not long"

test-services: .venv/ready-dev compiled ## What needs processes, PostgreSQL or Redis (DATABASE_URL, REDIS_URL)
	@$(BIN)/python -m pytest -m services

test-long: .venv/ready-dev compiled ## Lives at random, what opens the pages of cases, and what waits for processes of its own
	@$(BIN)/python -m pytest -n 2 --dist worksteal --no-migrations -m "long and not browser and not services"

test-browser: .venv/ready-dev compiled ## The journeys in Chromium
	@$(BIN)/python -m pytest -m browser

bench: .venv/ready-dev compiled ## Measure; ONLY=name for one row
	@$(BIN)/python -m bench

compiled: .venv/ready-dev
	@$(BIN)/python -m config.catalogues compile

messages: .venv/ready-dev ## Bring every catalogue in locale/ up to the source
	@$(BIN)/python -m config.catalogues refresh
	@$(BIN)/python -m config.catalogues compile

# -- Checking: each part is a target of its own, and changes nothing
check: lint types contract templates upgrade migrations deploy catalogues ## What CI checks before the tests
	@echo "All checks passed."

lint: .venv/ready-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/ready-dev
	@$(BIN)/python -m config.checking types

contract: .venv/ready-dev
	@$(BIN)/lint-imports

templates: .venv/ready-dev
	@git ls-files -z --cached --others --exclude-standard -- '*.html' | xargs -0r $(BIN)/djade --check --target-version 5.2

upgrade: .venv/ready-dev
	@git ls-files -z --cached --others --exclude-standard -- '*.py' | xargs -0r $(BIN)/django-upgrade --check --target-version 5.2

migrations: .venv/ready-dev
	@$(BIN)/python -m config.checking migrations

deploy: .venv/ready-dev compiled
	@$(BIN)/python -m config.checking deploy

catalogues: .venv/ready-dev
	@$(BIN)/python -m config.catalogues check

fix: .venv/ready-dev ## Repair what can be repaired without thinking
	@$(BIN)/ruff check --fix . || true
	@$(BIN)/ruff format .
	@git ls-files -z --cached --others --exclude-standard -- '*.html' | xargs -0r $(BIN)/djade --target-version 5.2 || true
	@git ls-files -z --cached --others --exclude-standard -- '*.py' | xargs -0 $(BIN)/django-upgrade --target-version 5.2 || true

locks: .venv/ready-dev ## Write the lock files from pyproject.toml
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra dev pyproject.toml -o requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group bench-peer -o requirements-bench.lock
