# Two commands do everything on a machine with Python 3.11: make book, make test.
PYTHON ?= python3
ENVIRONMENT := .venv
BIN := $(ENVIRONMENT)/bin
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
# Modules are compiled on installation: notebooks start twice as fast.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: book pdf epub test lab notebooks lint benchmark benchmark-pages lock clean

book: $(ENVIRONMENT)/ready
	$(BIN)/jupyter-book build -W -n --keep-going .

# The whole book in one file, beside its pages; the front page then links to it.
pdf epub: book
	$(BIN)/python book/paper $@ _build/html

test: $(ENVIRONMENT)/ready lint
	$(BIN)/python -m pytest --nbval -n 2 --dist loadfile kscale_nb tests notebooks

# Open the chapters in JupyterLab.
lab: $(ENVIRONMENT)/ready
	$(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

# Run every notebook in place and keep its outputs.
notebooks: $(ENVIRONMENT)/ready
	$(BIN)/python -m kscale_nb.notebook.counts $(NOTEBOOKS) $(wildcard book/*.md)
	$(BIN)/python -m kscale_nb.notebook.execute $(NOTEBOOKS)

lint: $(ENVIRONMENT)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

benchmark: $(ENVIRONMENT)/ready
	$(BIN)/python tests/benchmark.py

# What the built pages weigh and how soon they can be read.
benchmark-pages: book
	$(BIN)/python tests/benchmark_pages.py

# Resolve the ranges of pyproject.toml anew into requirements.txt.
lock: $(ENVIRONMENT)/ready
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --all-extras --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --no-annotate --quiet --upgrade -o requirements.txt

clean:
	rm -rf _build $(ENVIRONMENT)

$(ENVIRONMENT)/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] != (3, 11) and 'The lock serves Python 3.11; name yours with make PYTHON=python3.11')"
	$(PYTHON) -m venv --clear $(ENVIRONMENT)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	mkdir -p $(ENVIRONMENT)/etc/ipython
	echo "c.IPKernelApp.log_level = 'ERROR'  # kernels of a build talk on this machine only" \
		> $(ENVIRONMENT)/etc/ipython/ipython_kernel_config.py
	touch $@
