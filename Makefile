# `make run` and `make test` set everything up themselves; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PORT ?= 8501
# More options for pytest, as in: make test PYTEST="-k pooling -x"
PYTEST ?=
# An extra package index to look for torch in; see CONTRIBUTING.md.
TORCH_INDEX ?=
export TORCH_INDEX

# Stamp files in .venv: a second call has nothing to do until a list of requirements changes.
RUN := .venv/.stamp-run
DEV := .venv/.stamp-dev

.PHONY: help run setup test test-slow check fix bench elbo digits browser hooks clean

help: ## list what make can do
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | \
		while IFS='|' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

run: $(RUN) ## serve the app on http://localhost:8501 (PORT=... for another)
	@$(BIN)/streamlit run streamlit_app.py --server.port $(PORT) --server.showEmailPrompt false

setup: $(DEV) browser ## set up for development, without running anything

test: $(DEV) browser ## ruff, mypy and every test that is not slow
	@checked=0; $(MAKE) --no-print-directory check || checked=$$?; \
	scripts/test.sh $(PYTEST) || exit $$?; \
	[ $$checked -eq 0 ] || echo "The tests pass, but ruff or mypy does not: see above, or make check."; \
	exit $$checked

test-slow: $(DEV) browser ## the slow tests: presets and seeds in full
	@$(BIN)/python -m pytest -q -n logical --dist load -m slow --timeout 7200 $(PYTEST) tests

check: $(DEV) ## ruff (lint, format) and mypy only
	@failed=0; \
	$(BIN)/ruff check --quiet . || failed=1; \
	$(BIN)/ruff format --quiet --check . || \
		{ $(BIN)/ruff format --check . | tail -n 30; echo "make fix formats them."; failed=1; }; \
	$(BIN)/mypy || failed=1; \
	exit $$failed

fix: $(DEV) ## format, and fix what ruff can fix
	@$(BIN)/ruff check --fix .; $(BIN)/ruff format .

bench: $(DEV) browser ## measure the budgets and print them
	@$(BIN)/python -m benchmarks

elbo: $(DEV) ## train the autoencoder that ships anew from its seed, and compare its bounds
	@$(BIN)/python -m scripts.train_vae --check

digits: $(DEV) ## train the U-Net of digits anew for a while, and measure it and the one that ships
	@$(BIN)/python -m scripts.train_diffusion --check

hooks: $(DEV) ## run ruff and mypy before every commit
	@$(BIN)/pre-commit install

clean: ## remove caches, screenshots and test results (rm -rf .venv removes the rest)
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .cache build screenshots test-results
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

browser: $(DEV)
	@scripts/browser.sh

$(RUN): requirements.txt scripts/packages.sh
	@scripts/packages.sh requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@scripts/packages.sh requirements-dev.txt
	@touch $@
