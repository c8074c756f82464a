# make demo   set up everything and run the main job: augment, fine-tune, compare, show
# make test   set up everything and run the tests
# make check  ruff, mypy and the order of imports
# make test-oldest  run the tests with the oldest versions that pyproject.toml allows
# make docs   build the documentation into build/site, without warnings
# make coverage  run the tests and show which lines of textaug/ they run
# make bench  measure speed: JSON, table and chart in benchmarks/results/throughput
# make clean  remove the environment and all results

PYTHON ?= python3
VENV ?= .venv
READY = $(VENV)/.ready
RUN = $(VENV)/bin/python

.PHONY: demo test test-oldest check docs coverage bench clean

demo: $(READY)
	@$(RUN) recipes/demo.py

test: $(READY)
	@echo "The tests take some minutes on two idle cores, more on busy ones."
	$(RUN) -m pytest -n 2 --dist loadfile $(ARGS)

# A separate environment, about 8 GB, because old releases of torch come with CUDA.
OLDEST ?= .venv-oldest

test-oldest: $(OLDEST)/.ready
	$(OLDEST)/bin/python -m pytest -n 2 --dist loadfile $(ARGS)

$(OLDEST)/.ready: pyproject.toml
	@echo "Setting up $(OLDEST); this takes some minutes."
	@$(PYTHON) -m venv $(OLDEST)
	@$(PYTHON) scripts/oldest_versions.py > $(OLDEST)/constraints.txt
	@$(OLDEST)/bin/python -m pip install -qq --disable-pip-version-check \
		-c $(OLDEST)/constraints.txt -e '.[offline,recipes,dev]'
	@touch $@

check: $(READY)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports --no-logo

# An environment of its own: the site needs nothing of the tests, and the tests nothing of it.
DOCS ?= .venv-docs

docs: $(DOCS)/.ready
	@echo "Runs the notebooks, then builds; this takes some minutes."
	@NO_MKDOCS_2_WARNING=1 TEXTAUG_DOCS_EXECUTE=1 $(DOCS)/bin/python -m mkdocs build --quiet --clean
	@echo "Open build/site/index.html, or with search: python3 -m http.server -d build/site"

$(DOCS)/.ready: pyproject.toml constraints.txt
	@echo "Setting up $(DOCS); this takes a minute or two."
	@$(PYTHON) -m venv $(DOCS)
	@$(DOCS)/bin/python -m pip install -qq --disable-pip-version-check -c constraints.txt \
		-e '.[docs,offline,names,train]'
	@touch $@

# The least share of the lines of textaug/ that the tests must run.
FLOOR ?= 95

coverage: $(READY)
	$(RUN) -m pytest -n 2 --dist loadfile --cov=textaug --cov-report=term-missing:skip-covered \
		--cov-fail-under=$(FLOOR) $(ARGS)

bench: $(READY)
	@$(RUN) -m benchmarks.throughput $(ARGS)

$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV); this takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install -qq --disable-pip-version-check -c constraints.txt \
		-e '.[offline,recipes,dev]'
	@touch $@

clean:
	rm -rf $(VENV) $(OLDEST) $(DOCS) runs build *.egg-info
