# `make demo` and `make test` need nothing but Python 3.10 or later: each makes its own virtual environment.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint docs vsix clean

demo: $(VENV)/.demo
	$(BIN)/paramlens count examples/resnet.py --call "ResNet18()"

test: $(VENV)/.test
	$(BIN)/python -m pytest -q -n 2

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/layer_docs.py --check
	$(BIN)/python tools/rule_docs.py --check
	$(BIN)/python tools/settings_schema.py --check

docs: $(VENV)/.demo
	$(BIN)/python tools/layer_docs.py
	$(BIN)/python tools/rule_docs.py
	$(BIN)/python tools/settings_schema.py

# The VS Code extension of one platform with its own server: build/paramlens-linux-x64.vsix. Needs node and npm too.
# `make vsix TARGET=darwin-arm64` makes that of another platform; the names are those of `vsce package --target`.
vsix: $(VENV)/pyvenv.cfg
	tools/vsix.sh "$(BIN)/python" $(TARGET)

$(VENV)/.demo: pyproject.toml $(VENV)/pyvenv.cfg
	$(PIP) -e .
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/pyvenv.cfg
	$(PIP) -e ".[test]"
	@touch $@ $(VENV)/.demo

$(VENV)/.dev: pyproject.toml $(VENV)/pyvenv.cfg
	$(PIP) -e ".[dev]"
	@touch $@ $(VENV)/.test $(VENV)/.demo

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "Paramlens needs Python 3.10 or later: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) build dist vscode-client/build vscode-client/bundle vscode-client/dist .pytest_cache .mypy_cache .ruff_cache
