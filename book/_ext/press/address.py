"""Where the book and its repository are found: as `_config.yml` says, or else as the checkout knows; or nowhere.

While no address is known, no page speaks of one.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import yaml

PLACEHOLDERS = ("OWNER", "REPOSITORY")
CONFIGURATION = "_config.yml"
BINDER = "https://mybinder.org/v2"
COLAB = "https://colab.research.google.com/github"
PROVIDERS = {"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket"}  # which every reader reaches
BINDER_PREFIXES = {"github": "gh", "gitlab": "gl"}
CI = (  # the folder checked out, where it came from, its commit
    ("GITHUB_WORKSPACE", ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"), "GITHUB_SHA"),
    ("CI_PROJECT_DIR", ("CI_PROJECT_URL",), "CI_COMMIT_SHA"),
    ("BITBUCKET_CLONE_DIR", ("BITBUCKET_GIT_HTTP_ORIGIN",), "BITBUCKET_COMMIT"),
)
PAGES, PAGES_BRANCH = "KSCALE_PAGES", "KSCALE_PAGES_BRANCH"  # where the pages will be published, and on which branch


@dataclass(frozen=True)
class Address:
    """The public addresses; each is empty while it is not known."""

    repository: str = ""
    branch: str = "main"
    provider: str = ""  # what kind of host it is: github, gitlab or bitbucket
    book: str = ""
    commit: str = ""  # only one that the repository holds
    pages_branch: str = ""  # of the repository, with the built pages

    @property
    def reference(self) -> str:
        return self.commit or self.branch

    def of(self, path: str) -> str:
        """The address of a file of the published book, or nothing.

        >>> Address(book="https://example.org/book").of("notebooks/mind.html"), Address().of("notebooks/mind.html")
        ('https://example.org/book/notebooks/mind.html', '')
        """
        return f"{self.book}/{path}" if self.book else ""

    def of_page(self, page: str) -> str:
        return self.of(f"{page}.html")

    def on_binder(self, page: str) -> str:
        """Where Binder opens a chapter in JupyterLab, as of this commit.

        >>> Address("https://gitlab.com/some/where", provider="gitlab").on_binder("notebooks/mind")
        'https://mybinder.org/v2/gl/some%2Fwhere/main?urlpath=lab/tree/notebooks/mind.ipynb'
        """
        if not self.repository:
            return ""
        prefix, place = BINDER_PREFIXES.get(self.provider, "git"), urlsplit(self.repository).path.strip("/")
        name = {"gh": place, "gl": quote(place, safe=""), "git": quote(self.repository, safe="")}[prefix]
        return f"{BINDER}/{prefix}/{name}/{quote(self.reference, safe='')}?urlpath=lab/tree/{page}.ipynb"

    def on_colab(self, page: str) -> str:
        """Where Colab opens a chapter: the published download, which installs what it needs."""
        if self.provider != "github" or not self.pages_branch:
            return ""
        return f"{COLAB}{urlsplit(self.repository).path}/blob/{self.pages_branch}/_sources/{page}.ipynb"

    def package(self) -> str:
        """What pip installs the package from, as of this commit; nothing without a repository."""
        if self.provider == "github":  # needs no git
            return f"{self.repository}/archive/{self.reference}.zip"
        return f"git+{self.repository}@{self.reference}" if self.repository else ""

    def theme_options(self) -> dict:
        """What the theme needs for the repository's buttons. Empty without a repository."""
        if not self.repository:
            return {}
        return {
            "repository_url": self.repository,
            "repository_branch": self.reference,
            **({"repository_provider": self.provider} if self.provider else {}),
            "use_repository_button": True,
            "use_source_button": True,
            "use_issues_button": self.provider in ("github", "gitlab"),
        }


class Checkout(NamedTuple):
    """What a folder under git, or the CI that made it, knows of public addresses."""

    repository: str = ""
    commit: str = ""
    pages: str = ""
    pages_branch: str = ""


UNKNOWN = Checkout()


def public_repository(url: str) -> str:
    """The address that readers can open of what git or a CI names, without its credentials; nothing if there is none.

    >>> public_repository("git@github.com:some/where.git")
    'https://github.com/some/where'
    >>> public_repository("https://me:secret@gitlab.com/a/group/where.git")
    'https://gitlab.com/a/group/where'
    >>> public_repository("/srv/where.git"), public_repository("http://127.0.0.1:3000/some/where")
    ('', '')
    """
    if "://" not in url:  # as scp writes it, or a path
        host, colon, path = url.partition(":")
        url = f"ssh://{host}/{path}" if colon and "/" not in host else ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = re.sub(r"^(www|ssh|altssh)\.", "", parts.hostname or "")
    names = parts.path.strip("/").removesuffix(".git").split("/")
    is_whole = len(names) >= 2 and all(re.fullmatch(r"[\w-][\w.-]*", name, re.ASCII) for name in names)
    return f"https://{host}/{'/'.join(names)}" if host in PROVIDERS and is_whole else ""


def checkout_of(folder: Path, environment: Mapping[str, str] = os.environ) -> Checkout:
    """The public repository that a folder is a checkout of, and its commit if that is there too."""
    repository, commit = _by_ci(folder, environment) or _by_git(folder)
    if not repository:
        return UNKNOWN
    return Checkout(repository, commit, environment.get(PAGES, ""), environment.get(PAGES_BRANCH, ""))


def _by_ci(folder: Path, environment: Mapping[str, str]) -> tuple[str, str] | None:
    for place, origin, commit in CI:
        if environment.get(place) and Path(environment[place]).resolve() == folder.resolve():
            repository = public_repository("/".join(environment.get(name, "") for name in origin))
            return (repository, environment.get(commit, "")) if repository else None
    return None


def _by_git(folder: Path) -> tuple[str, str]:
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != folder.resolve():
        return "", ""
    is_there = _git(folder, "for-each-ref", "--contains", "HEAD", "refs/remotes/origin")
    commit = _git(folder, "rev-parse", "HEAD") if is_there else ""
    return public_repository(_git(folder, "remote", "get-url", "origin")), commit


def _git(folder: Path, *arguments: str) -> str:
    """What git answers, or nothing where it does not."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def read_address(configuration: Mapping, book: str = "", checkout: Checkout = UNKNOWN) -> Address:
    """The addresses in the book's configuration; where a placeholder still stands, those of the checkout.

    >>> read_address({"repository": {"url": "https://github.com/OWNER/REPOSITORY"}}).repository
    ''
    """
    said = configuration.get("repository") or {}
    repository = _known(said.get("url") or "").removesuffix(".git") or checkout.repository
    is_here = bool(repository) and repository == checkout.repository
    return Address(
        repository=repository,
        branch=said.get("branch") or "main",
        provider=said.get("provider") or PROVIDERS.get(urlsplit(repository).hostname or "", ""),
        book=(_known(book or "") or checkout.pages).rstrip("/"),
        commit=checkout.commit if is_here else "",
        pages_branch=checkout.pages_branch if is_here else "",
    )


def _known(address: str) -> str:
    return "" if any(word in address for word in PLACEHOLDERS) else address.rstrip("/")


def is_published(app) -> bool:
    """Whether the book is being built as the pages of a site, and not for a file to print or to take along."""
    return app.builder.name == "html"


def use_addresses(app, config) -> None:
    folder = Path(app.confdir)
    file = folder / CONFIGURATION
    configuration = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    config.kscale_address = read_address(configuration, config.html_baseurl, checkout_of(folder))
    config.html_baseurl = config.kscale_address.book
    if options := config.kscale_address.theme_options():
        config.html_theme_options = {**config.html_theme_options, **options}


def setup(app) -> None:
    app.add_config_value("kscale_address", Address(), "html")
    app.connect("config-inited", use_addresses, priority=400)  # before the theme reads its options
