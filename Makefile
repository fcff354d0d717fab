# Everything that can be done here: `make help`. Needs Python >= 3.11, make and a package index; no root, no servers.
# Programs of the environment are run as modules: scripts in .venv/bin begin with a path that may be too long for the kernel.

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check --use-pep517 --no-deps
EMBEDDED := $(PYTHON) -m foundation.embedded
COMPILE := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --custom-compile-command 'make requirements'
KERNEL := $(wildcard grading/engine/kernel/src/*.[ch]) grading/engine/kernel/build.py
PORT ?= 8000
ARGS ?=
EXAMPLES ?= 50

# A run of the tests starts a hundred processes: without kept bytecode each compiles all modules again (`make clean` removes it).
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help semantic setup demo test test-browser pictures coverage run lint format migrations docs bench-audit bench-quality bench-detection bench-table-schema bench-scoring bench-categories bench-pdp bench-allocation bench-standing sabotage chaos fuzz openapi schemathesis messages requirements status stop clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

semantic: .venv/.semantic ## Add the model of the semantic stage of matching to .venv (docs/matching.md); SEMANTIC_MODEL=off leaves it unused

setup: .venv/.dev ## Make the environment .venv with all pinned dependencies

demo: .venv/.demo ## Run the exchange end to end on real data, with its own servers, worker and web server
	$(EMBEDDED) --state .state/demo -- $(PYTHON) examples/demo.py $(ARGS)

test: .venv/.dev ## Run all tests (ARGS="tests/foundation -k vault" for some of them)
	$(EMBEDDED) --fast --state .state/test -- $(PYTHON) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

test-browser: .venv/.dev ## Run the tests that need a Chromium alone (a machine without one skips them)
	$(EMBEDDED) --fast --state .state/test -- $(PYTHON) -m pytest tests/e2e $(ARGS)

pictures: .venv/.dev ## Make the pictures of the pages of reviewers and approvers in docs/pictures anew (needs Chromium and a font with 汉字)
	PICTURES=docs/pictures $(EMBEDDED) --fast --state .state/test -- $(PYTHON) -m pytest tests/e2e -k look $(ARGS)

coverage: .venv/.dev ## Run all tests and say which lines and branches none of them reached (half as long again)
	$(EMBEDDED) --fast --state .state/test -- $(PYTHON) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder --create-db $(ARGS) --cov

run: .venv/.runtime ## Serve on http://127.0.0.1:8000 (PORT=...): every line of Procfile; data stay in .state
	PATH="$(CURDIR)/.venv/bin:$$PATH" PORT=$(PORT) PYTHONUNBUFFERED=1 exec $(EMBEDDED) -- sh -c \
		'python manage.py migrate --noinput && exec python -m foundation.embedded.procfile'

lint: .venv/.dev ## Check style, types, the import rules, migrations and Django's own checks
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) .venv/bin/lint-imports
	$(PYTHON) -m mypy .
	$(PYTHON) manage.py check --fail-level WARNING
	$(PYTHON) manage.py spectacular --lang en --validate --fail-on-warn | diff docs/openapi.yaml - || \
		{ echo "docs/openapi.yaml is not what the code says: make openapi" >&2; exit 1; }
	$(EMBEDDED) --fast --state .state/test -- $(PYTHON) manage.py makemigrations --check --dry-run

format: .venv/.dev ## Rewrite the code in the project's style
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

migrations: .venv/.runtime ## Write migrations for changed models
	$(EMBEDDED) --fast --state .state/test -- $(PYTHON) manage.py makemigrations

docs: .venv/.runtime ## Write docs/states.md and docs/errors.md from the tables that they show
	$(PYTHON) -m config.machines
	$(PYTHON) manage.py document_errors

bench-audit: .venv/.runtime ## Audit events a second of eight connections beside a plain INSERT, sealer at work (ARGS="--rounds 3")
	$(EMBEDDED) --state .state/bench -- $(PYTHON) -m bench.audit $(ARGS)

bench-quality: .venv/.dev ## What the profile of a file costs beside eight others, bars met or missed (hours; ARGS="--size small --rounds 1")
	$(PYTHON) -m bench.quality $(ARGS)

bench-table-schema: .venv/.dev ## Verdicts on cells beside those of frictionless-py (PEER=a python of an environment that has it)
	$(PYTHON) -m bench.table_schema --peer $(PEER) $(ARGS)

bench-detection: .venv/.dev ## Find the errors of tables whose errors are known (DATA=DIR of folders with dirty.csv and clean.csv)
	$(PYTHON) -m bench.detection $(DATA) $(ARGS)

bench-scoring: .venv/.dev ## Does the score fall with errors? Clean against dirty twins, and Spearman by kind (DATA=DIR as above; ARGS="--seeds 2 --show")
	$(PYTHON) -m bench.scoring $(DATA) $(ARGS)

bench-sensitivity: .venv/.dev ## Find the sensitive columns of a labelled file (DATA=FILE; ARGS="--presidio PYTHON")
	$(PYTHON) -m bench.sensitivity.measure $(DATA) $(ARGS)

bench-categories: .venv/.dev ## Recommend sector and domain of described tables, accuracy and reliability (ARGS=FILE for another set)
	$(PYTHON) -m bench.categories.measure $(ARGS)

bench-allocation: .venv/.dev ## Assign exclusive rights, 10,000 demands and 100,000 listings, beside scipy and a greedy way (ARGS="--rounds 5 --ties")
	$(PYTHON) -m bench.allocation $(ARGS)

bench-matching: .venv/.dev ## Find listings for demands beside bm25s, tantivy and ts_rank (DATA=DIR RUN=FILE; ARGS="--only own own_semantic", ARGS="--scale 100000 [--rest]")
	$(EMBEDDED) --fast --state .state/bench -- $(PYTHON) -m bench.matching $(DATA) $(if $(RUN),--run $(RUN)) $(ARGS)

bench-standing: .venv/.dev ## What one listing costs among 10,000 open demands (DATA="DIR …" as for bench-matching; ARGS="--demands 2000")
	$(EMBEDDED) --state .state/bench -- $(PYTHON) -m bench.standing $(DATA) $(ARGS)

bench-pdp: .venv/.dev ## What a decision costs with a thousand rows and a hundred thousand grants (ARGS="--peer PYTHON": casbin beside)
	$(PYTHON) -m bench.pdp $(ARGS)

sabotage: .venv/.demo ## Take one service away from each step in turn: the demo must fail there (ten minutes; ARGS="3 5" for some)
	$(PYTHON) bench/sabotage.py $(ARGS)

fuzz: .venv/.dev ## Examine mutated data files in confined children, print the figures (ARGS="--files 20000 --seed 7")
	$(PYTHON) -m bench.fuzz $(ARGS)

chaos: .venv/.dev ## Kill workers and restart servers while jobs run: each must end once (minutes; ARGS="--jobs 2000 --minutes 5")
	$(PYTHON) bench/chaos.py $(ARGS)

openapi: .venv/.runtime ## Write the OpenAPI schema to docs/openapi.yaml; warnings are errors
	$(PYTHON) manage.py spectacular --lang en --validate --fail-on-warn --file docs/openapi.yaml

schemathesis: .venv/.dev ## Send the running server what its OpenAPI document allows and forbids, in four roles (EXAMPLES=... an operation)
	SCHEMATHESIS_EXAMPLES=$(EXAMPLES) $(EMBEDDED) --fast --state .state/test -- $(PYTHON) -m pytest tests/marketplace/api/test_contract.py -s $(ARGS)

messages: .venv/.runtime ## Collect and compile the Chinese strings (needs GNU gettext; the compiled files are committed)
	@command -v msgfmt >/dev/null || { echo "GNU gettext is needed, for instance: apt-get install gettext" >&2; exit 1; }
	$(PYTHON) manage.py makemessages --locale zh_Hans --add-location file --ignore '.venv/*' --ignore '.state/*'
	$(PYTHON) manage.py compilemessages --locale zh_Hans --ignore '.venv/*' --ignore '.state/*'

requirements: .venv/.dev ## Pin the *.in lists in the *.txt lists (ARGS=--upgrade for the newest versions)
	printf '%s\n' absl-py immutabledict pandas protobuf | $(COMPILE) $(ARGS) --excludes /dev/stdin requirements.in -o requirements.txt
	$(COMPILE) $(ARGS) requirements-build.in -o requirements-build.txt
	echo pandas | $(COMPILE) $(ARGS) --excludes /dev/stdin requirements-demo.in -o requirements-demo.txt
	printf '%s\n' flatbuffers huggingface-hub packaging protobuf pydantic python-dotenv | $(COMPILE) $(ARGS) --excludes /dev/stdin requirements-semantic.in -o requirements-semantic.txt
	$(COMPILE) $(ARGS) requirements-dev.in -o requirements-dev.txt

status: .venv/.runtime ## Say which servers `make run` uses and whether they run
	$(EMBEDDED) status

stop: .venv/.runtime ## Stop servers that a killed `make run`, `make demo` or `make test` left
	@for state in .state .state/demo .state/test; do $(EMBEDDED) --state $$state stop || exit 1; done

clean: ## Remove the environment, caches, and the data of demo and tests; the data of `make run` stay
	@for state in .state/demo .state/test; do if test -e $$state/embedded.json; then $(EMBEDDED) --state $$state stop || exit 1; fi; done
	rm -rf .state/demo .state/test .venv .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. A stamp is newer than the list it stands for when all of the list is installed.

.venv/.runtime: requirements.txt requirements-build.txt $(KERNEL) | .venv/.made
	$(PIP) -r requirements.txt -r requirements-build.txt
	$(PYTHON) grading/engine/kernel/build.py
	@touch $@

.venv/.demo: requirements-demo.txt | .venv/.runtime
	$(PIP) -r $<
	@touch $@

.venv/.dev: requirements-dev.txt | .venv/.runtime .venv/.demo
	$(PIP) -r $<
	@touch $@

.venv/.semantic: requirements-semantic.txt | .venv/.runtime
	$(PIP) -r $<
	@touch $@

.venv/.made:
	@if ! $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		for python in python3 python3.14 python3.13 python3.12 python3.11; do \
			$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
			echo "making .venv with $$($$python --version)"; \
			$$python -m venv --clear .venv && break; \
		done; \
	fi; \
	$(PYTHON) -m pip --version >/dev/null 2>&1 || { \
		echo "Python 3.11 or newer with the venv module is needed and none was found" \
			"(Debian and Ubuntu: apt-get install python3-venv; macOS: brew install python@3.13)" >&2; exit 1; }
	@touch $@
