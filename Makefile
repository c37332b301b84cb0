# Every target makes the environment it needs: a fresh machine wants Python 3.11 or later and make, no more.
# `make help` lists the targets. PYTHON names another interpreter, VENV another place.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: help documents install install-dev train-env demo align dossier real nightly test test-slow test-train test-train-slow test-vllm test-docker test-chat test-sky test-router images lint format bench faults audit lock build clean

VENV ?= .venv
BIN := $(VENV)/bin
# Found only when an environment has to be made.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet

# An editable installation knows the packages that existed when it was made.
PACKAGES := pyproject.toml fiduciary/__init__.py

BASE := $(VENV)/.installed-base
DEV := $(VENV)/.installed-dev

# One process a core: threads inside NumPy would only get in each other's way.
align test test-slow test-train test-train-slow test-vllm bench faults: export OPENBLAS_NUM_THREADS := 1
align test test-slow test-train test-train-slow test-vllm bench faults: export OMP_NUM_THREADS := 1

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(BASE) ## make .venv with what running needs, from locks/base.txt
install-dev: $(DEV) ## the same with the developers' tools, from locks/dev.txt

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or later is needed; name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	"$(PYTHON)" -m venv "$(VENV)"

# Editable, so that what runs is what the checkout holds. --no-deps and --no-build-isolation, so that
# nothing is installed that is not in the lock.
$(BASE): locks/base.txt $(PACKAGES) | $(BIN)/python
	$(PIP) install --require-hashes -r locks/base.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): locks/dev.txt $(PACKAGES) | $(BIN)/python
	$(PIP) install --require-hashes -r locks/dev.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(BASE)

# torch first and alone, in the build that the index gives; name another: make TORCH="torch==… --index-url …"
VENV_TRAIN ?= .venv-train
TORCH ?= torch==2.13.0
TRAIN := $(VENV_TRAIN)/.installed
TRAIN_PIP = $(VENV_TRAIN)/bin/python -m pip --disable-pip-version-check --quiet

train-env: $(TRAIN) ## make .venv-train with torch, TRL and PEFT, from locks/train.txt

$(TRAIN): locks/train.txt $(PACKAGES)
	@echo "making $(VENV_TRAIN) with torch, TRL and PEFT (about 1 GB, some minutes)"
	@[ -x "$(VENV_TRAIN)/bin/python" ] || "$(PYTHON)" -m venv "$(VENV_TRAIN)"
	$(TRAIN_PIP) install $(TORCH)
	$(TRAIN_PIP) install --no-deps --require-hashes -r locks/train.txt
	$(TRAIN_PIP) install --no-deps --require-hashes -r <(awk '/^[^ ]/ { kept = /^(hypothesis|iniconfig|pluggy|pytest|sortedcontainers)==/ } kept' locks/dev.txt)
	$(TRAIN_PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(BASE) ## subjects whose preferences are known: true and recovered parameters, and a page
	$(BIN)/python runs/demo.py

align: $(TRAIN) ## DPO of the embedded language model, measured beside its base, and a page: the loop in minutes
	PYTHON="$(VENV_TRAIN)/bin/python" runs/align.sh

dossier: $(TRAIN) $(DEV) ## the embedded model and its adapters examined, and a dossier of each (HTML, PDF, JSON)
	PYTHON="$(VENV_TRAIN)/bin/python" PAGE_PYTHON="$(BIN)/python" runs/dossier.sh

real: $(TRAIN) $(BASE) ## a real model (SmolLM2-135M) behind vLLM on the CPU: every task, and a page (Linux x86-64, 4 GB)
	PYTHON="$(BIN)/python" TRAIN_PYTHON="$(VENV_TRAIN)/bin/python" runs/real.sh

nightly: ## everything that is proven, slow or not, one after the other, and a table of the outcomes (hours)
	runs/nightly.sh

test: $(DEV) ## the tests, but for those of test-slow
	$(BIN)/python -m pytest -n auto -m "not slow"

test-slow: $(DEV) ## the tests that take more than about ten seconds: whole runs, pages in a browser, kills
	$(BIN)/python -m pytest -n auto -m slow

NO_TORCH = screening test_checks.py test_games_data.py test_preference_pairs.py test_reasoning.py
test-train: $(TRAIN) ## the tests of training, but for those of test-train-slow and those that need no torch (make test)
	$(VENV_TRAIN)/bin/python -m pytest tests/training -m "not slow" $(addprefix --ignore=tests/training/,$(NO_TORCH))

test-train-slow: $(TRAIN) ## the tests of training that take more than about ten seconds: whole trainings, kills and resumes
	$(VENV_TRAIN)/bin/python -m pytest tests/training tests/runs/test_alignment.py -m slow

test-vllm: $(TRAIN) ## a real vLLM server on the CPU beside transformers in process (Linux x86-64, 3 GB)
	runs/serve_cpu.sh --install-only
	$(VENV_TRAIN)/bin/python -m pytest tests/serving/test_vllm.py

test-docker: $(DEV) ## the tests with a real Docker engine, which is installed if need be (as root on Debian)
	FIDUCIARY_DOCKER_TESTS=1 $(BIN)/python -m pytest tests/docker
	FIDUCIARY_DOCKER_TESTS=1 FIDUCIARY_TAG=test $(BIN)/python -m pytest tests/serving/test_docker.py

# Gradio wants an older Pillow than the rest, hence an environment of its own.
VENV_CHAT ?= .venv-chat
test-chat: $(BIN)/python ## the chat in a real browser (Debian's chromium, if need be installed as root)
	command -v chromium >/dev/null || apt-get install --yes --no-install-recommends chromium
	[ -x "$(VENV_CHAT)/bin/python" ] || "$(PYTHON)" -m venv "$(VENV_CHAT)"
	$(VENV_CHAT)/bin/python -m pip --disable-pip-version-check --quiet install --editable ".[chat,dev]"
	$(VENV_CHAT)/bin/python -m pytest tests/chat

VENV_SKY ?= .venv-sky
test-sky: $(DEV) ## SkyPilot takes runs/sky.yaml, and what it runs serves, asks and stops
	@[ -x "$(VENV_SKY)/bin/python" ] || "$(PYTHON)" -m venv "$(VENV_SKY)"
	$(VENV_SKY)/bin/python -m pip --disable-pip-version-check --quiet install skypilot==0.14.1
	VENV_SKY="$(VENV_SKY)" $(BIN)/python -m pytest tests/runs/test_sky.py

test-router: $(DEV) ## vllm-router before two servers, of which one is killed in the middle of a run (Linux x86-64)
	runs/router.sh --install-only
	$(BIN)/python -m pytest tests/runs/test_router.py

# Biogeme needs Python 3.12 or later.
VENV_EXPORT ?= .venv-export
PYTHON_EXPORT ?= python3.12
test-export: $(DEV) ## the exported programs of R, Biogeme and xlogit, each against our own estimate (Debian's R, if need be installed as root)
	command -v Rscript >/dev/null || apt-get install --yes --no-install-recommends r-base-core
	[ -x "$(VENV_EXPORT)/bin/python" ] || "$(PYTHON_EXPORT)" -m venv "$(VENV_EXPORT)"
	$(VENV_EXPORT)/bin/python -m pip --disable-pip-version-check --quiet install biogeme==3.3.5 xlogit==0.2.7 pyarrow
	VENV_EXPORT="$(VENV_EXPORT)" $(BIN)/python -m pytest tests/export/test_programs.py

IMAGES ?= suite serve-cpu
images: ## build the images; others: make images IMAGES="serve-gpu train"
	docker/build.sh $(IMAGES)

lint: $(DEV) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(DEV) ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV) ## the benchmarks: recovery, speed, memory (minutes)
	$(BIN)/python -m benchmarks

audit: $(DEV) ## known vulnerabilities of everything that the locks hold
	AUDIT=$(BIN)/pip-audit locks/audit.sh

faults: $(DEV) $(TRAIN) ## hostile logs and clients, kills, full disks, set clocks, fuzz: what becomes of each, into docs/faults.md (about an hour)
	TRAIN_PYTHON="$(VENV_TRAIN)/bin/python" $(BIN)/python -m benchmarks.faults --out docs/faults.md

VENV_DOCS ?= .venv-docs
documents: ## the documents as a site, build/site/index.html, and the tutorial as a notebook
	[ -x "$(VENV_DOCS)/bin/mkdocs" ] || { "$(PYTHON)" -m venv "$(VENV_DOCS)" && $(VENV_DOCS)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r locks/docs.txt; }
	"$(PYTHON)" docs/notebook.py
	DISABLE_MKDOCS_2_WARNING=true $(VENV_DOCS)/bin/mkdocs build

lock: $(DEV) ## resolve pyproject.toml again; UPGRADE=1 takes newer versions
	$(PIP) install uv==0.13.8
	UV=$(BIN)/uv locks/update.sh

build: $(DEV) ## source distribution and wheel in dist/
	$(BIN)/python -m build --no-isolation

clean: ## remove the environment and caches; logs stay
	rm -rf "$(VENV)" "$(VENV_TRAIN)" "$(VENV_CHAT)" "$(VENV_SKY)" "$(VENV_EXPORT)" build dist ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
