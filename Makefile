# Thin: each target is one or two commands that can be run by hand as well.
# PYTHON chooses the interpreter that builds the environments, STAGE and NAME what is deployed, CONTEXT with which settings
# beside the stage's ("alarm_email=on-call@example.com trigger=direct"), PORT where the local run listens.

PYTHON ?= python3
STAGE  ?= dev
NAME   ?= Faces
CDK    := node_modules/.bin/cdk
ASKED   = -c stage=$(STAGE) -c name=$(NAME) $(foreach setting,$(CONTEXT),-c '$(setting)')
PY     := .venv/bin/python
OPENAPI := PYTHONPATH=lambdas $(PY) -m handlers.api.openapi
API_PAGE := { printf 'window.openapi = '; cat docs/openapi.json; }
LOCK   := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
          --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# Node 20 still works with the CDK, which says at length that it is past its end of life.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
export CDK_DISABLE_CLI_TELEMETRY := 1

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-faults fuzz check format openapi bench synth deploy destroy redrive lock licences sbom clean-local clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## build the environments; does only what is not up to date
	@$(PYTHON) -m local.setup

run: setup ## the whole service on this machine, with a demonstration; Ctrl-C ends it
	@$(PY) -m local up

demo: setup ## the same once; fails if any photo gets a wrong answer
	@$(PY) -m local demo

test: setup ## all tests, on all cores
	$(PY) -m pytest --numprocesses auto --dist loadscope

test-faults: setup ## the long form of the tests of failure, on all cores; FAULTS_SEED=... casts the same dice again
	FAULTS_LONG=1 $(PY) -m pytest --numprocesses auto --dist loadscope tests/faults

fuzz: setup ## the API by requests that nobody thought of, for FUZZ_SECONDS=600
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} $(PY) -m pytest tests/e2e/test_fuzz.py

check: setup ## format, lint, types, security lint, secrets, and whether docs/openapi.json tells the truth
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m bandit --quiet --recursive --configfile pyproject.toml .
	$(PY) -m tools.secret_scan
	@$(OPENAPI) | diff -u docs/openapi.json - >&2 || { echo "docs/openapi.json is out of date: make openapi" >&2; exit 1; }
	@$(API_PAGE) | cmp docs/api/openapi.js - || { echo "docs/api is out of date: make openapi" >&2; exit 1; }

format: setup ## format, and fix what can be fixed
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

openapi: setup ## write docs/openapi.json, and docs/api which shows it, from the code
	@$(OPENAPI) > .build/openapi.json && mv .build/openapi.json docs/openapi.json
	@$(API_PAGE) > .build/openapi.js && mv .build/openapi.js docs/api/openapi.js

bench: setup ## measure the local run, and the Rekognition endpoint by itself: speed and accuracy
	$(PY) -m benchmarks.local_latency
	$(PY) -m benchmarks.rekognition
	$(PY) -m benchmarks.accuracy

synth: setup ## write the template of STAGE to .build/cdk.out
	$(CDK) synth --quiet $(ASKED)

deploy: setup ## deploy STAGE (dev, prod) into the AWS account of your credentials; CONTEXT="alarm_email=..." for more
	$(CDK) deploy $(ASKED)

destroy: setup ## remove STAGE from the account; dev leaves nothing behind
	$(PY) -m infra.teardown $(NAME)-$(STAGE)
	$(CDK) destroy $(ASKED)

redrive: setup ## list the dead letters of STAGE; GO=--go sends them back to be worked on again
	$(PY) -m infra.redrive $(NAME)-$(STAGE) $(GO)

lock: setup ## renew the hash-locked requirements from pyproject.toml
	$(LOCK) pyproject.toml --group dev --output-file requirements-dev.txt
	$(LOCK) pyproject.toml --constraint requirements-dev.txt --output-file requirements.txt
	$(LOCK) --group lambda-api --constraint requirements-dev.txt --output-file lambdas/requirements/api.txt
	$(LOCK) --group lambda-photos --constraint requirements-dev.txt --output-file lambdas/requirements/photos.txt
	$(LOCK) --group lambda-workers --constraint requirements-dev.txt --output-file lambdas/requirements/workers.txt
	$(LOCK) --group lambda-immediate --constraint requirements-dev.txt --output-file lambdas/requirements/immediate.txt
	$(LOCK) --group local-aws --output-file local/aws/requirements.txt

licences: setup ## write docs/licences.md from the locks and what they install
	@$(PY) -m tools.licences > .build/licences.md && mv .build/licences.md docs/licences.md

sbom: setup ## write a CycloneDX bill of materials for each lock into build/sbom
	@$(PY) -m tools.sbom

clean-local: ## forget all that the local run knows: people, photos, results
	@$(PYTHON) -m local.cleanup

clean: clean-local ## remove the environments and caches too
	rm -rf .venv .venv-aws node_modules .build .mypy_cache .ruff_cache .pytest_cache .hypothesis
