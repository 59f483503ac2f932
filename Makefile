# Every variable can be set on the command line: make kg ARTICLES=~/news OUTPUT=/tmp/graph
PYTHON    ?= $(firstword $(wildcard $(foreach v,3.11 3.12 3.13,$(addsuffix /python$(v),$(subst :, ,$(PATH))))) python3)
VENV      ?= .venv
ARTICLES  ?= articles
OUTPUT    ?= output
GOLD      ?= ../shared/gold/dev
LEARN     ?= ../shared/gold
STORE     ?= $(OUTPUT)/store
ENDPOINT  ?=
Q         ?= --list
IRI       ?= wd:Q142
TESTS     ?= tests
KG_FLAGS  ?=
UV        ?= uv==0.13.9
# The one torch that the extras are tried with. It is in no lock file: its CPU and CUDA builds carry one version and different hashes.
TORCH     ?= torch==2.13.0

BIN    := $(VENV)/bin
PY     := $(BIN)/python
KG     := $(BIN)/kg
PIP    := $(PY) -m pip --disable-pip-version-check --quiet
GRAPH  := $(OUTPUT)/kg.ttl
INPUTS := $(shell find $(ARTICLES) -type f 2>/dev/null | LC_ALL=C sort | sed 's/[ \#%:]/\\&/g')
CODE   := $(shell find kg ontology -type f ! -path '*/__pycache__/*' 2>/dev/null | LC_ALL=C sort)
COMPILE = .venv-tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
          --no-annotate $(LOCK_FLAGS)

# $(call need,file,what it would do): stops with one line where a part of the project is not there yet.
need = @test -e $(1) || { echo "make $@: $(2): $(1) is not there yet" >&2; exit 2; }

.DEFAULT_GOAL := help
.PHONY: help setup dev kg test lint format check extract validate load query serve report explain doctor gold gold-floors bench soak docs kb \
        train-names train-actions setup-stanza test-stanza setup-train setup-kb setup-cluster setup-documents lock wheel clean distclean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "  variables      PYTHON VENV ARTICLES OUTPUT GOLD LEARN STORE ENDPOINT Q IRI TESTS STEPS EPOCHS KG_FLAGS (make query Q=charges)"

# -- environments ----------------------------------------------------------------------------------------------------

setup: $(VENV)/.core  ## the environment that runs kg, from locks/core.txt

dev: $(VENV)/.dev  ## the same with the tools for tests and lint, from locks/dev.txt

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "make: $(PYTHON) is not Python 3.11, 3.12 or 3.13; name one with PYTHON=…" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: locks/core.txt pyproject.toml | $(PY)
	$(PIP) install --no-deps --require-hashes -r locks/core.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: locks/dev.txt $(VENV)/.core
	$(PIP) install --no-deps --require-hashes -r locks/dev.txt
	@touch $@

$(VENV)/.stanza: locks/stanza.txt $(VENV)/.core
	$(PIP) install --no-deps --require-hashes -r locks/stanza.txt
	$(PIP) install "$(TORCH)"
	@touch $@

$(VENV)/.train: locks/train.txt $(VENV)/.core
	$(PIP) install --no-deps --require-hashes -r locks/train.txt
	$(PIP) install "$(TORCH)"
	@touch $@

$(VENV)/.kb: locks/kb.txt $(VENV)/.core
	$(PIP) install --no-deps --require-hashes -r locks/kb.txt
	@touch $@

$(VENV)/.documents: locks/documents.txt $(VENV)/.core
	$(PIP) install --no-deps --require-hashes -r locks/documents.txt
	@touch $@

$(VENV)/.cluster: locks/cluster.txt $(VENV)/.core
	$(PIP) install --no-deps --require-hashes -r locks/cluster.txt
	@touch $@

setup-stanza: $(VENV)/.stanza  ## add the parser stanza (with torch)

setup-train: $(VENV)/.train  ## add what training of the models needs (with torch)

setup-kb: $(VENV)/.kb  ## add the sources of the knowledge base

setup-cluster: $(VENV)/.cluster  ## add dask, for several machines

setup-documents: $(VENV)/.documents  ## add readers of PDF and Word documents

# -- articles to graph -----------------------------------------------------------------------------------------------

kg: $(GRAPH)  ## ARTICLES into the graph OUTPUT/kg.ttl

# Where an article failed, the others are in the graph; its old date makes the next run try again.
$(GRAPH): $(INPUTS) $(CODE) $(VENV)/.core
	@mkdir -p $(@D)
	$(KG) build $(ARTICLES) -o $@ $(KG_FLAGS) || { status=$$?; test ! -e $@ || touch -t 197001020000 $@; exit $$status; }

extract: $(VENV)/.core  ## ARTICLES into one JSON analysis each, in OUTPUT/analyses
	$(KG) extract $(ARTICLES) -o $(OUTPUT)/analyses $(KG_FLAGS)

validate: $(GRAPH)  ## check the graph against the SHACL shapes
	$(KG) validate $(GRAPH)

load: $(GRAPH)  ## load the graph into the folder STORE, or into the SPARQL store at ENDPOINT
	$(KG) load $(GRAPH) $(if $(ENDPOINT),--endpoint $(ENDPOINT),--store $(STORE))

query: $(GRAPH)  ## ask the graph the named query or file Q (without it: list the queries)
	$(KG) query $(Q) $(if $(filter --list,$(Q)),,$(GRAPH))

explain: $(GRAPH)  ## the sentences behind the entity, action or case IRI
	$(KG) explain $(IRI) $(GRAPH)

serve: $(GRAPH) $(VENV)/.core  ## show the graph in the browser, and answer SPARQL, on this machine
	$(KG) load $(GRAPH) --store $(STORE)
	$(KG) serve $(STORE)

report: $(GRAPH) $(VENV)/.core  ## the graph as one HTML file, OUTPUT/report.html
	$(KG) report $(GRAPH) -o $(OUTPUT)/report.html

doctor: $(VENV)/.core  ## what is installed, and which language works how
	$(KG) doctor

# -- quality ---------------------------------------------------------------------------------------------------------

test: $(VENV)/.dev  ## the tests (TESTS=tests/test_parse.py for some)
	$(PY) -m pytest $(TESTS)

test-stanza: $(VENV)/.dev $(VENV)/.stanza  ## train a tiny stanza model and parse with it
	$(PY) -m pytest tests/test_parse_stanza.py

lint: $(VENV)/.dev  ## style and types
	$(BIN)/ruff check kg tests training docs
	$(BIN)/ruff format --check kg tests training docs
	$(BIN)/mypy
	$(BIN)/mypy docs/build.py

format: $(VENV)/.dev  ## put the code into its one format
	$(BIN)/ruff format kg tests training docs
	$(BIN)/ruff check --fix kg tests training docs

check: lint test validate  ## lint, tests, and a valid graph from the sample articles

gold: $(VENV)/.core  ## score against the annotated articles in GOLD, and fail below the floors
	$(KG) gold $(GOLD) -o $(OUTPUT)/gold

gold-floors: $(VENV)/.core  ## the same, and raise the floors to what was reached
	$(KG) gold $(GOLD) -o $(OUTPUT)/gold --floors update

bench: $(VENV)/.dev  ## articles a second, beside bare spaCy and rdflib, and measurements of single parts
	$(call need,tests/bench,measures single parts)
	@for file in tests/bench/[a-z]*.py; do echo "$(PY) $$file"; $(PY) $$file || exit $$?; done

locks/%.txt:
	@echo "make: $@ is not there yet: make lock" >&2; exit 2

soak: $(VENV)/.dev  ## kill a build 50 times at random moments (KG_SOAK=200 for more) and compare the bytes
	KG_SOAK=$${KG_SOAK:-50} $(PY) -m pytest tests/test_batch.py -k killed

# -- what is made and shipped ----------------------------------------------------------------------------------------

docs: $(VENV)/.core  ## pages of the ontology in three languages, with a diagram, in OUTPUT/docs
	$(call need,docs/build.py,makes the pages)
	$(PY) docs/build.py $(OUTPUT)/docs

kb: $(VENV)/.kb  ## make the shipped knowledge base anew
	$(call need,training/kb/build.py,makes kg/data/kb)
	$(PY) -m training.kb.build

# With STEPS the recipe is only tried: nothing that ships is touched.
train-names: $(VENV)/.train  ## train the shipped names model anew (STEPS=20: only try the recipe)
	$(call need,training/names/train.py,makes kg/data/names)
	$(PY) -m training.names.silver $(if $(STEPS),--work $(OUTPUT)/names-trial --texts 10)
	$(PY) -m training.names.train $(if $(STEPS),--work $(OUTPUT)/names-trial --steps $(STEPS))
	$(PY) -m training.names.export $(if $(STEPS),--work $(OUTPUT)/names-trial --out $(OUTPUT)/names-trial/model --unmeasured)

# With EPOCHS this recipe is only tried, in the same way.
ACTIONS = $(OUTPUT)/actions$(if $(EPOCHS),-trial)
LEARNT  = $(LEARN) --work $(ACTIONS) --analyses $(ACTIONS)/analyses.pkl
train-actions: $(VENV)/.train  ## train the shipped action model and the choice of arguments anew (EPOCHS=1: only try the recipe)
	$(call need,training/actions/train.py,makes kg/data/actions and kg/data/roles)
	for fold in 0 1 2; do $(PY) -m training.actions.train $(LEARNT) --fold $$fold $(if $(EPOCHS),--epochs $(EPOCHS)) || exit; done
	$(PY) -m training.actions.train $(LEARNT) $(if $(EPOCHS),--epochs $(EPOCHS))
	$(PY) -m training.actions.export --work $(ACTIONS) $(if $(EPOCHS),--out $(ACTIONS)/model)
	$(PY) -m training.actions.read $(LEARNT)
	$(PY) -m training.roles.train $(LEARNT) $(if $(EPOCHS),--output $(ACTIONS)/roles)

wheel: $(VENV)/.core  ## a wheel in dist/
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

.venv-tools/.uv:
	$(PYTHON) -m venv .venv-tools
	.venv-tools/bin/python -m pip --disable-pip-version-check --quiet install "$(UV)"
	@touch $@

# A torch that no platform asks for keeps it and its CUDA packages out of the lock.
lock: .venv-tools/.uv  ## lock files from pyproject.toml (LOCK_FLAGS=--upgrade for newer versions)
	$(COMPILE) pyproject.toml locks/build.in -o locks/core.txt
	$(COMPILE) pyproject.toml locks/build.in --extra dev -c locks/core.txt -o locks/dev.txt
	$(COMPILE) pyproject.toml --extra kb -c locks/core.txt -o locks/kb.txt
	$(COMPILE) pyproject.toml --extra cluster -c locks/core.txt -o locks/cluster.txt
	$(COMPILE) pyproject.toml --extra documents -c locks/core.txt -o locks/documents.txt
	$(COMPILE) pyproject.toml --extra stanza -c locks/core.txt --override locks/no-torch.in -o locks/stanza.txt
	$(COMPILE) pyproject.toml --extra train -c locks/core.txt --override locks/no-torch.in -o locks/train.txt

clean:  ## remove what runs have written
	rm -rf $(OUTPUT)/* build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find kg tests training -type d -name __pycache__ -prune -exec rm -rf {} +

distclean: clean  ## the same, and the environments
	rm -rf $(VENV) .venv-tools
