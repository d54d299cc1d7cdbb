# The two commands: make run, make test. Both need Python 3.11 or newer and nothing else of ours.
# The usual last words of a recipe's own message matter more than make's, hence the leading @.

VENV := .venv
PY := $(VENV)/bin/python
# 3.11 and 3.12 first: for them there is a Redis among the wheels.
PYTHON ?= $(shell for p in python3.12 python3.11 python3 python3.13 python3.14; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check

.PHONY: run test check bench lock translations format
.DEFAULT_GOAL := run

run: $(VENV)/installed-run  ## the whole workspace with a demo company, until Ctrl-C
	@exec $(PY) -m kam.run

test: $(VENV)/installed-dev  ## every test; ARGS="tests/kam -k flow" for some of them
	@$(PY) -m kam.frontend
	@$(PY) -m pytest -n auto $(ARGS)

check: $(VENV)/installed-dev  ## linters, floors, migrations, settings, translations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	PYTHONPATH=. $(VENV)/bin/lint-imports
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))') ALLOWED_HOSTS=kam.example \
		LOCAL= DEBUG= $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m kam.translations --check

bench: $(VENV)/installed-dev  ## benchmarks beside their raw SQL bounds
	@$(PY) -m tests.bench $(ARGS)

format: $(VENV)/installed-dev
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

translations: $(VENV)/installed-dev  ## collect new strings (needs gettext), compile
	$(PY) manage.py makemessages -l ru --no-location --no-wrap --ignore node_modules --ignore .venv
	$(PY) -m kam.translations

lock: $(VENV)/installed-dev  ## lock the newest packages that requirements*.in allow
	for name in requirements requirements-dev requirements-node; do \
		CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/pip-compile --quiet --upgrade --strip-extras \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
		--annotation-style=line --output-file $$name.txt $$name.in || exit 1; done
	npm update --package-lock-only --omit-lockfile-registry-resolved

$(VENV)/made:
	@[ -n "$(PYTHON)" ] || { echo "kam: Python 3.11 or newer is needed (Debian: apt install python3 python3-venv)" >&2; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "kam: $(PYTHON) cannot make virtual environments (Debian: apt install python3-venv)" >&2; exit 1; }
	@touch $@

$(VENV)/installed-run: requirements.txt requirements-node.txt | $(VENV)/made
	@echo "Installing packages"
	@$(PIP) -r requirements.txt
	@command -v npm >/dev/null 2>&1 || $(PIP) -r requirements-node.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed-run
	@echo "Installing packages for tests and checks"
	@$(PIP) -r requirements-dev.txt
	@touch $@
