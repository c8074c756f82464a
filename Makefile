# make demo   set up everything and run the main job: augment, fine-tune, compare, show
# make test   set up everything and run the tests
# make check  ruff, mypy and the order of imports
# make test-oldest  run the tests with the oldest versions that pyproject.toml allows
# make bench  measure speed: JSON, table and chart in benchmarks/results/throughput
# make clean  remove the environment and all results

PYTHON ?= python3
VENV ?= .venv
READY = $(VENV)/.ready
RUN = $(VENV)/bin/python

.PHONY: demo test test-oldest check bench clean

demo: $(READY)
	@$(RUN) recipes/demo.py

test: $(READY)
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

bench: $(READY)
	@$(RUN) -m benchmarks.throughput $(ARGS)

$(READY): pyproject.toml constraints.txt
	@echo "Setting up $(VENV); this takes a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install -qq --disable-pip-version-check -c constraints.txt \
		-e '.[offline,recipes,dev]'
	@touch $@

clean:
	rm -rf $(VENV) $(OLDEST) runs build *.egg-info
