"""A chapter run elsewhere: on Binder, on Colab, or from a download, which begins by installing what it needs."""

from __future__ import annotations

from pathlib import Path

import nbformat

from _ext.press.address import Address, is_published

SERVICES = [  # name, address of a page there, picture
    ("Binder", Address.on_binder, "_static/images/logo_binder.svg"),
    ("Colab", Address.on_colab, "_static/images/logo_colab.png"),
]
INSTALLATION = "installation"  # the cell's id


def installation(address: Address) -> str:
    """The first cell of a downloaded chapter.

    >>> print(installation(Address("https://github.com/some/where", provider="github", commit="1a2b")))
    # Installs what this chapter needs.
    %pip install --quiet "kscale-nb @ https://github.com/some/where/archive/1a2b.zip"
    """
    if package := address.package():
        return f'# Installs what this chapter needs.\n%pip install --quiet "kscale-nb @ {package}"'
    return (
        "# This chapter needs the Python package kscale_nb, which comes with the book's source.\n"
        "# With a copy of that in the folder NAME, take the # from the next line and run it.\n"
        "# %pip install --quiet NAME"
    )


def with_installation(notebook: nbformat.NotebookNode, address: Address) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(installation(address), id=INSTALLATION)
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):  # cells had no ids yet
        del cell["id"]
    notebook.cells.insert(0, cell)
    return notebook


def add_buttons(app, pagename, _templatename, context, _doctree) -> None:
    """Lead from a chapter to the places that run it, where its repository is known."""
    if not is_published(app) or context.get("page_source_suffix") != ".ipynb":
        return
    buttons = [
        {"type": "link", "text": name, "tooltip": f"Run on {name}", "icon": picture, "url": url}
        for name, address_of, picture in SERVICES
        if (url := address_of(app.config.kscale_address, pagename))
    ]
    if buttons and "header_buttons" in context:
        context["header_buttons"].append(
            {"type": "group", "tooltip": "Run this chapter", "icon": "fas fa-rocket", "buttons": buttons,
             "label": "launch-buttons"}
        )  # fmt: skip


def complete_downloads(app, exception) -> None:
    if exception is not None or not is_published(app):
        return
    for page in app.env.found_docs:
        source = Path(app.env.doc2path(page))
        download = Path(app.outdir) / "_sources" / f"{page}{source.suffix}"
        if source.suffix == ".ipynb" and download.is_file():
            notebook = with_installation(nbformat.read(source, as_version=4), app.config.kscale_address)
            download.write_text(f"{nbformat.writes(notebook)}\n", encoding="utf-8")


def setup(app) -> None:
    app.connect("html-page-context", add_buttons, priority=501)  # after the theme has begun its list
    app.connect("build-finished", complete_downloads)
