"""Where the book and its repository are found: set once, in `_config.yml`; until then no page speaks of an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

PLACEHOLDERS = ("OWNER", "REPOSITORY")
BINDER = "https://mybinder.org"
CONFIGURATION = "_config.yml"


@dataclass(frozen=True)
class Address:
    """The public addresses; each is empty while it is not known."""

    repository: str = ""
    branch: str = "main"
    provider: str = ""  # only for a host that the theme does not know
    book: str = ""

    def of(self, path: str) -> str:
        """The address of a file of the published book, or nothing.

        >>> Address(book="https://example.org/book").of("notebooks/mind.html"), Address().of("notebooks/mind.html")
        ('https://example.org/book/notebooks/mind.html', '')
        """
        return f"{self.book}/{path}" if self.book else ""

    def of_page(self, page: str) -> str:
        return self.of(f"{page}.html")

    def theme_options(self) -> dict:
        """What the theme needs for its buttons: a chapter opens on Binder in JupyterLab. Empty without a repository."""
        if not self.repository:
            return {}
        return {
            "repository_url": self.repository,
            "repository_branch": self.branch,
            **({"repository_provider": self.provider} if self.provider else {}),
            "use_repository_button": True,
            "use_issues_button": True,
            "launch_buttons": {"notebook_interface": "jupyterlab", "binderhub_url": BINDER},
        }


def read_address(configuration: Mapping, book: str = "") -> Address:
    """The addresses in the book's configuration; one in which a placeholder still stands is none.

    >>> read_address({"repository": {"url": "https://github.com/OWNER/REPOSITORY"}}).repository
    ''
    """
    repository = configuration.get("repository") or {}
    return Address(
        repository=_known(repository.get("url") or "").removesuffix(".git"),
        branch=repository.get("branch") or "main",
        provider=repository.get("provider") or "",
        book=_known(book or ""),
    )


def _known(address: str) -> str:
    return "" if any(word in address for word in PLACEHOLDERS) else address.rstrip("/")


def is_published(app) -> bool:
    """Whether the book is being built as the pages of a site, and not for a file to print or to take along."""
    return app.builder.name == "html"


def use_addresses(app, config) -> None:
    file = Path(app.confdir) / CONFIGURATION
    configuration = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    config.kscale_address = read_address(configuration, config.html_baseurl)
    config.html_baseurl = config.kscale_address.book
    if options := config.kscale_address.theme_options():
        config.html_theme_options = {**config.html_theme_options, **options}


def setup(app) -> None:
    app.add_config_value("kscale_address", Address(), "env")
    app.connect("config-inited", use_addresses, priority=400)  # before the theme reads its options
