# Plain on purpose: macOS comes with GNU make 3.81.
PYTHON ?= python3
PORT ?= 8000
BIN = .venv/bin
PY = $(BIN)/python
N ?= 2

.PHONY: help setup run demo test test-sqlite test-postgresql check lint translations deploycheck bench fmt messages screenshots

help:
	@echo "make run          the hospital on http://127.0.0.1:$(PORT)/admin/ (PORT=8001 moves it)"
	@echo "make test         all tests, on SQLite and on PostgreSQL"
	@echo "make check        what CI runs: format, lint, floors, migrations, translations, settings, tests"
	@echo "make demo         a fresh demo hospital; the old database is put aside"
	@echo "make bench        measures the hot paths, results under benchmarks/results/"
	@echo "make fmt          formats the code"
	@echo "make messages     brings locale/ up to date with the code"
	@echo "make screenshots  takes the pictures in docs/screenshots/ from the running demo"

.venv/installed: requirements.txt scripts/create_venv.py
	@$(PYTHON) scripts/create_venv.py
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements.txt requirements-dev.txt .venv/installed
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.env: | .venv/installed
	@$(PY) scripts/create_env.py

setup: .venv/installed-dev .env
	@$(PY) -m scripts.chromium

run: .venv/installed .env
	@$(PY) manage.py prepare
	@$(PY) manage.py demo --if-empty
	@$(PY) manage.py serve --port $(PORT)

demo: .venv/installed .env
	@$(PY) manage.py prepare
	@$(PY) manage.py demo

test: setup test-sqlite test-postgresql

test-sqlite: .venv/installed-dev
	@echo "== the suite on SQLite"
	@DATABASE=sqlite $(PY) -m pytest -n $(N)

test-postgresql: .venv/installed-dev
	@echo "== the suite on PostgreSQL"
	@DATABASE=postgresql $(PY) -m pytest -n $(N)

lint: setup
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) -m pytest -q tests/test_floors.py

translations: setup
	@$(PY) -m scripts.messages --check

deploycheck: setup
	@$(PY) -m scripts.deploycheck

check: lint translations deploycheck test

bench: setup
	@$(PY) -m benchmarks

fmt: .venv/installed-dev
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

messages: setup
	@$(PY) -m scripts.messages

screenshots: setup
	@$(PY) -m scripts.screenshots http://127.0.0.1:$(PORT)
