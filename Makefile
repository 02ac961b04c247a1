# Everything a person needs. `make help` lists it.
SHELL := /bin/sh
PY := .venv/bin/python
UV := .venv/bin/uv
ARGS ?=
# Training and measuring tools load ONNX Runtime without the program: it must not report to its maker there either.
export ORT_DISABLE_TELEMETRY := 1
# Some machines forbid compiled modules; without them each process of a test compiles the program anew.
unexport PYTHONDONTWRITEBYTECODE

# Folders of tests are kept in memory where there is room: waiting for the disk takes a third of their time.
MEMORY_KB := $(shell df -k --output=avail /dev/shm 2>/dev/null | tail -1)
TESTS := $(if $(filter 1,$(shell [ "$(or $(MEMORY_KB),0)" -gt 6000000 ] && echo 1)),PYTEST_DEBUG_TEMPROOT=/dev/shm) \
  $(PY) -m pytest -n 3 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help image-check setup setup-dev hooks run test quick release-check contract shown coverage mutate mutate-trust soak lint format types bench docs wheel sbom advisories lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv from the hashed lock and look for system packages (fast when nothing changed)
	@sh tools/setup.sh

setup-dev: ## the same with the tools for tests
	@sh tools/setup.sh --dev

hooks: ## run the quick checks of a push before each commit too
	@git config core.hooksPath tools/hooks

run: setup ## set up and start the station (options: make run ARGS="--port 8451 --data DIR --no-demo")
	@exec .venv/bin/examday station $(ARGS)

test: setup-dev ## set up and run every test of the push tier
	@$(TESTS) -m "not release" $(ARGS)

# Nothing in it waits for another program: a third worker would only load everything once more.
quick: setup-dev ## rules, use cases, contracts: what a minute can tell (tests/tiers.py says what is left out)
	@$(subst -n 3,-n 2,$(TESTS)) -m "not slow and not long and not release" --durations=5 --durations-min=2 $(ARGS)

release-check: setup-dev ## every test there is, the slow ones of a release too
	@$(TESTS) $(ARGS)

contract: setup-dev ## what the tests hold of the architecture: rooms, arrows, words, locks, types
	@$(TESTS) tests/contract $(ARGS)

shown: setup-dev ## write anew what the pages of tests/scenes show; then read the difference in tests/fixtures/shown
	@$(PY) -m pytest tests/contract/test_shown.py --shown -q $(ARGS)

coverage: setup-dev ## every test there is, with branch coverage; fails below a floor (aims: domain and services 100 %, the rest 95 %)
	@$(TESTS) --cov --cov-report= $(ARGS)
	@$(PY) -m coverage report --skip-covered --precision=1 --fail-under=100 --include="examday/domain/*"
	@$(PY) -m coverage report --skip-covered --precision=1 --fail-under=99 --include="examday/services/*"
	@$(PY) -m coverage report --skip-covered --precision=1 --fail-under=95 --omit="examday/domain/*,examday/services/*"

mutate: setup-dev ## plant faults in the rules, see which no test notices (hours; ARGS="rules/calendar --tests tests/rules")
	@$(PY) tools/mutate.py $(ARGS)

mutate-trust: setup-dev ## plant each fault of tests/planted_faults.toml and see its test fail (ARGS="--only log_in")
	@$(PY) tools/mutate_trust.py $(ARGS)

soak: setup-dev ## play days while their programs are killed, tamper, hurt files: make soak SEED=1 MINUTES=60 (the seed repeats it)
	@SEED=$(or $(SEED),$(shell date +%s)); echo "SEED=$$SEED MINUTES=$(or $(MINUTES),10)"; \
	  SEED=$$SEED MINUTES=$(or $(MINUTES),10) $(PY) -m pytest tests/soak -s $(ARGS)

image-check: setup-dev ## build the image without registry and daemon, run the commands of docker-compose.yml inside it (needs buildah, podman, mmdebstrap)
	@$(PY) tools/image_check.py $(ARGS)

lint: setup-dev ## style, layout, complexity and the arrows between the rooms
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports

format: setup-dev ## lay out the code, sort imports and mend what can be mended
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

types: setup-dev ## strict types, by mypy
	@$(PY) -m mypy

bench: setup-dev ## measure the readers on the machine at hand, count what pages cost, into docs/benchmarks.md: make bench DATA=DIR
	@[ -n "$(DATA)" ] || { echo 'Say where the sets lie (characters/, forms/, braille/): make bench DATA=DIR' >&2; exit 2; }
	@for script in tools/bench_*.py; do $(PY) "$$script" --data "$(DATA)" || exit 1; done

docs: setup-dev ## renew the pictures of README.md; show which pages and print-outs look different (ARGS=--accept: a person said yes)
	@$(if $(ARGS),,$(PY) tools/take_screenshots.py)
	@$(PY) tools/page_pictures.py $(ARGS)

wheel: setup-dev ## build the wheel into dist/; `docs/operations.md` says how it is installed
	@$(UV) build --quiet --wheel --no-build-isolation --python $(PY) --out-dir dist .

sbom: setup-dev ## write what a station is made of, with licences and digests, into dist/examday.cdx.json (CycloneDX)
	@$(PY) tools/sbom.py

advisories: setup-dev ## look for known weaknesses of the locked packages, offline: make advisories DATA=FILE (an OSV export)
	@[ -n "$(DATA)" ] || { echo 'Say where the export lies (a zip of OSV records): make advisories DATA=FILE' >&2; exit 2; }
	@$(PY) tools/advisories.py "$(DATA)" $(ARGS)

lock: setup-dev ## renew the locks: hashes, and no address inside
	@$(UV) pip compile --quiet --upgrade pyproject.toml --extra postgres --extra photos --extra region --generate-hashes --universal \
	  --python-version 3.11 --custom-compile-command "make lock" -o requirements.lock
	@$(UV) pip compile --quiet pyproject.toml --extra postgres --extra photos --extra region --extra dev --generate-hashes --universal \
	  --python-version 3.11 --constraint requirements.lock --custom-compile-command "make lock" -o requirements-dev.lock
	@$(UV) pip compile --quiet --upgrade bootstrap.in --constraint requirements-dev.lock --generate-hashes --universal \
	  --python-version 3.11 --custom-compile-command "make lock" -o bootstrap.lock
	@! grep -nE 'https?://|--(extra-)?index-url|--find-links' requirements.lock requirements-dev.lock bootstrap.lock
