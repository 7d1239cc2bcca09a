# Two commands matter: `make demo` runs the whole enclave with demo data on loopback, `make test` passes all tests.
# Both set up everything they need first. State of the demo lies in HOME_DIR; remove that folder to start afresh.

PORT ?= 8000
HOME_DIR ?= $(CURDIR)/var
PEOPLE ?= 5000
UV := $(CURDIR)/.tools/bin/uv
ENV := $(CURDIR)/.venv/bin
EXTRAS := --extra server --extra hub --extra sdv --extra client
export UV_PROJECT_ENVIRONMENT ?= $(CURDIR)/.venv

.PHONY: demo test test-deep bench check setup setup-dev system system-dev screenshots clean

demo: setup
	@exec $(ENV)/enclave demo --home "$(HOME_DIR)" --port "$(PORT)" --people "$(PEOPLE)"

test: setup-dev
	$(ENV)/python -m pytest -m "not deep" $(ARGS)

test-deep: setup-dev
	ENCLAVE_DEEP=1 $(ENV)/python -m pytest $(ARGS)

bench: setup-dev
	$(ENV)/python -m tests.benchmarks $(ARGS)

check: setup-dev
	$(ENV)/ruff check .
	$(ENV)/ruff format --check .
	$(ENV)/mypy
	$(ENV)/lint-imports
	$(ENV)/vulture

setup: system .venv/.ready .venv-desk/.ready .node/.ready

setup-dev: system-dev .venv/.ready-dev .venv-desk/.ready .node/.ready

system:
	@deploy/setup/system.sh

system-dev:
	@deploy/setup/system.sh dev

$(UV):
	@deploy/setup/uv.sh

.venv/.ready: pyproject.toml uv.lock | $(UV)
	@deploy/setup/environment.sh .venv --inexact --no-default-groups $(EXTRAS)
	@deploy/setup/warm.sh
	@deploy/setup/licences.sh
	@touch $@

.venv/.ready-dev: pyproject.toml uv.lock | $(UV)
	@deploy/setup/environment.sh .venv $(EXTRAS) --extra splink
	@touch $@ .venv/.ready

# The notebook environment is mounted read-only in sandboxes, so it is compiled now. Our own code in it is only for the command's name:
# a sandbox runs the very package the server runs, mounted beside it.
.venv-desk/.ready: pyproject.toml uv.lock | $(UV)
	@deploy/setup/environment.sh .venv-desk --no-default-groups --no-editable --compile-bytecode --extra desk
	@touch $@

.node/.ready: deploy/proxy/package-lock.json | .venv/.ready
	@deploy/setup/proxy.sh
	@touch $@

clean:
	rm -rf .venv .venv-desk .node .tools
