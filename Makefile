# Everything a developer or a newcomer does here. Needs Python 3.11 or newer, make and git; nothing else.
# All state is in .venv/ and .local/, both of which git ignores.

ifneq ($(words $(CURDIR)),1)
$(error The path "$(CURDIR)" has a space in it, which neither make nor PostgreSQL can handle; move the checkout)
endif

PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
STAMP  := $(VENV)/.installed
# Extra arguments, e.g.  make test ARGS="tests/alerts -k cooldown"
ARGS   ?=

export PYTHONPATH := $(CURDIR)/plugins
# Without cached bytecode every start of Airflow takes twice as long; some machines switch the cache off.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/pycache
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo smoke db db-stop test lint format lock bench chaos corruptions drills catalogue vendor clean

help: ## Show this list
	@echo "Usage: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r target text; do \
		printf '  %-11s %s\n' "$$target" "$$text"; done

install: $(STAMP) ## Make .venv and install everything (the other targets do it when needed)

demo: $(STAMP) ## Simulate an SMS product with incidents and watch it in a real Airflow, until Ctrl-C (ARGS=--keep: last run's data)
	@$(RUN) -m sms_monitoring.local.demo $(ARGS)

smoke: $(STAMP) ## The demo once without serving; checks the result and prints it as JSON
	@$(RUN) -m sms_monitoring.local.smoke

db: $(STAMP) ## Start only the embedded PostgreSQL, migrated, and print its URI
	@$(RUN) -m sms_monitoring.local.database start

db-stop: $(STAMP) ## Stop that PostgreSQL
	@$(RUN) -m sms_monitoring.local.database stop

test: $(STAMP) ## Run all tests (ARGS: extra arguments for pytest)
	@$(RUN) -m pytest -n auto $(ARGS)

lint: $(STAMP) ## Check style, types and SQL
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/sqlfluff lint --disable-progress-bar include/sql

format: $(STAMP) ## Put the code into the project's style
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(STAMP) ## Run the benchmarks; prints a JSON object last
	@$(RUN) -m benchmarks $(ARGS)

chaos: $(STAMP) ## Kill dispatchers and break far sides in 1,000 seeded runs; prints a JSON object last
	@$(RUN) -m chaos $(ARGS)

corruptions: $(STAMP) ## Corrupt copies of a clean history, each in its way; every one must be found. Prints a JSON object last
	@$(RUN) -m corruptions $(ARGS)

drills: $(STAMP) ## Break the running monitor in seven ways and see who is told; prints a table and, last, a JSON object
	@$(RUN) -m drills $(ARGS)

catalogue: $(STAMP) ## Write docs/CATALOGUE.md and docs/CHECKS.md anew from the code
	@AIRFLOW_HOME=$(CURDIR)/.local/catalogue-airflow $(RUN) -m sms_monitoring.catalogue

lock: $(STAMP) ## Renew constraints.txt, the full set of versions, from the requirements
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate \
		--custom-compile-command "make lock" requirements-dev.txt -o constraints.txt

vendor: ## Renew the dashboard's vendored front-end libraries from their lock file (needs npm; nobody else does)
	cd plugins/sms_monitoring/dashboard && npm ci --ignore-scripts --no-audit --no-fund && npm run --silent vendor

clean: ## Delete all local state but .venv (the database too)
	@test ! -e $(STAMP) || $(RUN) -m sms_monitoring.local.database stop-all
	rm -rf .local .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(STAMP): requirements.txt requirements-dev.txt constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) was not found; install Python 3.11 or newer, or set PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "error: $(PYTHON) is $$($(PYTHON) -V 2>&1); Python 3.11 or newer is needed. Try: make $(or $(MAKECMDGOALS),install) PYTHON=python3.11" >&2; exit 1; }
	@# A .venv that does not run was moved here, or its Python was removed.
	@$(RUN) -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(RUN) -m sms_monitoring.local.install -r requirements-dev.txt -c constraints.txt
	@touch $@
