"""Never stale: notebooks run again when the package or its data changed, and pages are made again when these did, or
what makes them; and only then.

jupyter-cache looks at a notebook's cells alone, so each state of the package gets a cache of its own. What is not in
it runs side by side while the pages are read; a notebook that fails is left to the reader of pages, which reports it.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
import sys
from pathlib import Path

import nbformat
import pybtex.plugin
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

import kscale_nb
from kscale_nb.notebook.execute import side_by_side

PACKAGE, EXTENSION = Path(kscale_nb.__file__).parent, Path(__file__).parents[1]


def state_of(*folders: Path) -> str:
    """One name for the present state of all files in some folders, wherever these are."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def use_cache_of_this_package(app, config) -> None:
    caches = Path(app.outdir).parent / ".jupyter_cache"
    digest = state_of(PACKAGE)
    if caches.is_dir():
        for old in caches.iterdir():
            if old.name != digest:
                shutil.rmtree(old)
    config.nb_execution_cache_path = str(caches / digest)


def pages_made_by_another_state(app, env, added, changed, removed) -> list[str]:
    state = state_of(PACKAGE, EXTENSION)
    stale = getattr(env, "kscale_state", state) != state
    env.kscale_state = state
    return sorted(env.found_docs) if stale else []


def start_what_is_not_cached(app, env, docnames) -> None:
    app.kscale_runs = {}
    if getattr(app.config, "nb_execution_mode", "") == "cache":
        cache = get_cache(app.config.nb_execution_cache_path)
        paths = (Path(env.doc2path(name)) for name in docnames)
        app.kscale_runs = side_by_side(
            [path for path in paths if path.suffix == ".ipynb" and not _is_cached(cache, path)],
            app.config.nb_execution_timeout,
        )


def wait_for_its_run(app, name, source) -> None:
    path = Path(app.env.doc2path(name))
    run = app.kscale_runs.pop(path, None)
    if run and not run.exception():
        get_cache(app.config.nb_execution_cache_path).cache_notebook_bundle(
            CacheBundleIn(run.result(), str(path)), check_validity=False, overwrite=True
        )


def _is_cached(cache, path: Path) -> bool:
    try:
        cache.match_cache_notebook(nbformat.read(path, as_version=4))
    except KeyError:
        return False
    return True


def sign_without_places(app) -> None:
    """Replace the digest by which Sphinx tells that its configuration changed: it holds this environment's folders."""
    if hasattr(app.builder, "build_info"):
        values = sorted((value.name, str(value.value)) for value in app.config.filter(frozenset({"html"})))
        text = repr(values).replace(sys.prefix, "")
        app.builder.build_info.config_hash = hashlib.sha256(text.encode()).hexdigest()[:32]


def setup(app) -> None:
    # each citation asks for it anew, and it reads what every package here says of itself
    pybtex.plugin.find_plugin = functools.cache(pybtex.plugin.find_plugin)
    app.connect("builder-inited", sign_without_places)
    app.connect("config-inited", use_cache_of_this_package)
    app.connect("env-before-read-docs", start_what_is_not_cached)
    app.connect("source-read", wait_for_its_run)
    app.connect("env-get-outdated", pages_made_by_another_state)
