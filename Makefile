# Hotline's commands. On a fresh machine `make run` and `make test` need Python 3.11 or newer and nothing else.
.DEFAULT_GOAL := help
.PHONY: help install run test bench attack lint pictures messages translations pins advisories

PORT ?= 8000
export PORT

# The first Python on this machine that is new enough.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
ATTACK_VENV := .venv-attack
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
LANGUAGES := de nb uk ru

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed translations ## what the house runs on, in .venv, and its translations

run: export DEBUG = 1
run: $(VENV)/.installed translations ## the house with demo data on http://localhost:8000 (PORT=… for another port)
	@mkdir -p var
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo
	@exec $(PY) manage.py serve

test: $(VENV)/.installed-dev translations ## the whole suite; ARGS="tests/outbox -k lease" for a part of it
	@$(PY) -m tests $(ARGS)

bench: $(VENV)/.installed-dev translations ## the benchmarks; ONLY=places for those whose names begin so
	@$(PY) -m tests.bench $(ONLY)

attack: $(VENV)/.installed-dev $(ATTACK_VENV)/.installed translations ## a demo of its own on loopback, scanned by wapiti and generated calls
	@$(PY) -m tests.attacks $(ATTACK_VENV)/bin/wapiti

pictures: $(VENV)/.installed-dev translations ## the pictures of the guides, taken anew on a demo of its own
	@$(PY) -m tests.pictures

lint: export DEBUG = 1
lint: $(VENV)/.installed-dev translations ## style, import order, migrations, rules of the house
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(VENV)/bin/lint-imports --no-logo
	@mkdir -p var
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) manage.py check --fail-level WARNING
	@$(PY) -m pytest -q tests/test_house.py

messages: export DEBUG = 1
messages: $(VENV)/.installed-dev ## collect the texts to translate into hotline/locale (needs gettext)
	@$(PY) manage.py makemessages $(LANGUAGES:%=--locale %) --no-location --no-obsolete --no-wrap --ignore var --ignore tests

pins: $(VENV)/.installed ## write the hashes of what requirements*.txt pin (asks the package index)
	@$(PY) -m hotline.management.pins

advisories: $(VENV)/.installed ## known weaknesses of what is pinned, where a registry answers
	@$(PY) -m hotline.management.pins advisories

translations: $(VENV)/.installed
	@$(PY) -m hotline.management.translations

# The virtual environment. The stamps make this quick when nothing has changed.
$(VENV)/.installed: requirements.txt
	@test -n "$(PYTHON)" || { echo "Hotline needs Python 3.11 or newer; there is none here."; exit 1; }
	@echo "Installing what the house runs on …"
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment (Debian, Ubuntu: install python3-venv)."; exit 1; }
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(ATTACK_VENV)/.installed: requirements-attack.txt $(VENV)/.installed
	@echo "Installing the scanner …"
	@$(PYTHON) -m venv $(ATTACK_VENV)
	@$(ATTACK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-attack.txt
	@touch $@
