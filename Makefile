# `make run` from a clean clone: sets up, builds, starts JupyterLab with a mock sky. `make test` tests everything.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
BENCH ?= all
SEED ?=
export PATH := $(CURDIR)/$(BIN):$(PATH)

# A stamp lies in what it vouches for, so that removing that folder removes the stamp.
PY := $(VENV)/.installed
NODE := node_modules/.installed
LAB := pz_tsm/labextension/.built
LINKS := $(VENV)/.linked
SOURCES := $(shell find src schema style -type f -not -path '*/__tests__/*' 2>/dev/null)

.PHONY: run install build test test-api test-archives test-full soak screenshots schemas bench lock format clean distclean

run: build
	@$(BIN)/python scripts/run_lab.py

install: $(PY) $(NODE)

build: $(PY) $(LAB) $(LINKS)

$(PY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true  # also where PYTHONDONTWRITEBYTECODE is set
	SKIP_JUPYTER_BUILDER=1 $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@rm -f $(LINKS)
	@touch $@

$(NODE): $(PY) package.json yarn.lock .yarnrc.yml
	$(BIN)/jlpm install --immutable
	@touch $@

$(LAB): $(NODE) $(SOURCES) tsconfig.json tsconfig.build.json package.json webpack.config.js
	$(BIN)/jlpm build
	@touch $@

# JupyterLab and its server look into the environment: point them here.
$(LINKS): $(PY)
	@mkdir -p $(VENV)/share/jupyter/labextensions $(VENV)/etc/jupyter/jupyter_server_config.d
	@rm -rf $(VENV)/share/jupyter/labextensions/pz-tsm
	@ln -sfn $(CURDIR)/pz_tsm/labextension $(VENV)/share/jupyter/labextensions/pz-tsm
	@ln -sf $(CURDIR)/jupyter-config/server-config/pz_tsm.json $(VENV)/etc/jupyter/jupyter_server_config.d/pz_tsm.json
	@touch $@

test: build
	@$(BIN)/python scripts/test.py $(if $(ONLY),--only $(ONLY))

# The service layer alone: against our engine, or any PZ Server (PZ_BASE_URL=https://.../api/ PZ_TOKEN=...).
test-api: install
	@$(if $(PZ_BASE_URL),node_modules/.bin/jest src/api/__tests__/pzserver.engine.test.ts --selectProjects api-engine,$(BIN)/python scripts/test.py --only api-engine)

# The checks of public catalogues against the services themselves: needs a network, and some time.
test-archives: install
	@PZ_TSM_LIVE=1 $(BIN)/python -m pytest tests/sources/test_archives_checks.py -ra -p no:cacheprovider

test-full: build
	@$(BIN)/python scripts/test.py --full

# Kills a job or the engine at random points of a run; SEED=... repeats them.
soak: build
	@$(BIN)/python scripts/soak.py $(or $(ROUNDS),50) $(SEED)

# The pictures of the docs, made by the browser tests.
screenshots: build
	@TSM_DOCS_IMAGES=docs/images $(BIN)/python scripts/test.py --only browser,browser-full

schemas: install
	@$(BIN)/python scripts/schemas.py
	@$(BIN)/python scripts/reference.py

bench: build
	@$(BIN)/python -m benchmarks $(BENCH)

# Newer versions of everything, within what pyproject.toml allows.
lock: $(PY)
	@$(BIN)/python scripts/lock.py

format: install
	$(BIN)/ruff check --fix --quiet . && $(BIN)/ruff format --quiet .
	$(BIN)/jlpm format

clean:
	rm -rf lib dist pz_tsm/labextension .cache ui-tests/results ui-tests/report coverage junit.xml

distclean: clean
	rm -rf $(VENV) node_modules .tsm
