# One word a chore; each does its own set-up. `make serve` and `make test` are all that a newcomer needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV     := 0.13.9
ARGS   ?=

.PHONY: serve test check bench curves sizing conformance fuzz load soak operations screenshots lock clean

serve: $(VENV)/.serve
	$(BIN)/understudy serve $(ARGS)

test: check $(VENV)/.system tests/node/node_modules/.done
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/understudy check
	$(BIN)/python -m tests.audit

bench: $(VENV)/.dev benchmarks/peers/node/node_modules/.done
	$(BIN)/python -m benchmarks $(ARGS)

curves: $(VENV)/.dev
	$(BIN)/python -m benchmarks.curves $(ARGS)

sizing: $(VENV)/.dev $(VENV)/.system $(VENV)/.bench
	$(BIN)/python -m benchmarks.sizing $(ARGS)

conformance: $(VENV)/.dev
	$(BIN)/pytest tests/conformance tests/models --examples=2000 --models=500 $(ARGS)

fuzz: $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzz $(ARGS)

load: $(VENV)/.dev
	$(BIN)/pytest tests/load tests/sharing_redis --requests=100000 $(ARGS)

soak: $(VENV)/.dev
	$(BIN)/python -m tests.soak $(ARGS)

screenshots: $(VENV)/.dev $(VENV)/.system
	$(BIN)/python -m tests.browser.screenshots $(or $(ARGS),build/screenshots)

lock: $(VENV)/lock/bin/uv
	sh requirements/lock.sh $(VENV)/lock/bin/uv $(ARGS)

operations: $(VENV)/.serve
	$(BIN)/python -m tests.docs.readme

clean:
	rm -rf $(VENV) tests/node/node_modules benchmarks/peers/node/node_modules build dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Understudy needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "no virtual environment could be made; on Debian: apt install python3-venv" >&2; exit 1; }

$(VENV)/.serve: pyproject.toml requirements/serve.txt | $(BIN)/python
	$(PIP) --require-hashes -r requirements/serve.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: pyproject.toml requirements/dev.txt | $(BIN)/python
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.serve

# What follows coverage is not there for every Python; without it the rest is run.
$(VENV)/.fuzz: $(VENV)/.dev requirements/fuzz.txt
	-$(PIP) --only-binary :all: --require-hashes -r requirements/fuzz.txt
	@touch $@

$(VENV)/lock/bin/uv: | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV)

$(VENV)/.system: tests/install-system-packages.sh | $(BIN)/python
	sh tests/install-system-packages.sh
	@touch $@

tests/node/node_modules/.done: tests/node/package.json tests/node/package-lock.json $(VENV)/.system
	cd tests/node && npm ci --silent --no-audit --no-fund
	@touch $@

$(VENV)/.bench: benchmarks/install-tools.sh | $(BIN)/python
	sh benchmarks/install-tools.sh
	@touch $@

benchmarks/peers/node/node_modules/.done: benchmarks/peers/node/package.json benchmarks/peers/node/package-lock.json $(VENV)/.bench
	cd benchmarks/peers/node && npm ci --silent --no-audit --no-fund
	@touch $@
