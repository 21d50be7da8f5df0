"""A fork's pages carry its own address, unasked; its downloads install what they need; no credential gets out."""

import json
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from test_citing import small_book

from _ext.press.address import Address, Checkout, checkout_of, public_repository, read_address
from _ext.press.elsewhere import installation

PLACEHOLDER = "https://github.com/OWNER/REPOSITORY"
HERE = "https://github.com/some/where"


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://github.com/some/where", HERE),
        ("https://github.com/some/where.git", HERE),
        ("https://GitHub.com/some/where/", HERE),
        ("https://www.github.com/some/where", HERE),
        ("http://github.com/some/where", HERE),
        ("https://token@github.com/some/where.git", HERE),
        ("https://user:t0ken@github.com:443/some/where.git?key=t0ken#t0ken", HERE),
        ("git@github.com:some/where.git", HERE),
        ("git@github.com:/some/where.git", HERE),
        ("ssh://git@github.com/some/where.git", HERE),
        ("ssh://git@ssh.github.com:443/some/where.git", HERE),
        ("git://github.com/some/where", HERE),
        ("git@gitlab.com:group/part/where.git", "https://gitlab.com/group/part/where"),
        ("git@bitbucket.org:some/whe.re.git", "https://bitbucket.org/some/whe.re"),
    ],
)
def test_a_remote_of_any_form_gives_the_address_that_readers_open(url, repository):
    assert public_repository(url) == repository


@pytest.mark.parametrize(
    "url",
    [
        "", "/srv/git/where.git", "../where", "./a:b", "file:///srv/where.git", "C:\\books\\where", "C:/books/where",
        "http://127.0.0.1:3000/some/where", "http://localhost/some/where", "https://[::1]/some/where", "https://[",
        "ssh://git@10.0.0.7/some/where", "git@build-host:some/where.git", "https://git.corp.internal/some/where",
        "https://github.com.example.org/some/where", "https://example.org/github.com/some/where",
        "https://github.com", "https://github.com/some", "https://github.com/some/../where",
        "https://github.com/some/wh%22ere", "https://github.com/some//where", 'https://github.com/some/"><b>',
    ],
)  # fmt: skip
def test_what_readers_cannot_open_is_no_address(url):
    assert public_repository(url) == ""


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def clone(tmp_path) -> Path:
    """A folder under git with one commit, which its remote holds too."""
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "A book")
    git(tmp_path, "remote", "add", "origin", "https://me:t0ken@github.com/some/where.git")
    git(tmp_path, "update-ref", "refs/remotes/origin/main", "HEAD")
    return tmp_path


def test_a_clone_knows_its_repository_and_a_commit_that_is_there(clone):
    first = git(clone, "rev-parse", "HEAD")
    assert checkout_of(clone, {}) == Checkout(HERE, first)
    git(clone, "commit", "-q", "--allow-empty", "-m", "Not pushed")
    assert checkout_of(clone, {}) == Checkout(HERE), "nobody else has this commit"
    (clone / "a book inside").mkdir()
    assert checkout_of(clone / "a book inside", {}) == Checkout(), "the repository around it is another"


def test_a_folder_without_git_or_remote_knows_nothing(tmp_path, monkeypatch):
    assert checkout_of(tmp_path, {}) == Checkout()
    git(tmp_path, "init", "-q")
    assert checkout_of(tmp_path, {}) == Checkout()
    monkeypatch.setenv("PATH", "")
    assert shutil.which("git") is None and checkout_of(tmp_path, {}) == Checkout()


@pytest.mark.parametrize(
    ("variables", "repository"),
    [
        (
            {"GITHUB_WORKSPACE": "{}", "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "my/fork",
             "GITHUB_SHA": "c0ffee"},
            "https://github.com/my/fork",
        ),
        (
            {"CI_PROJECT_DIR": "{}", "CI_PROJECT_URL": "https://gitlab.com/my/own/fork", "CI_COMMIT_SHA": "c0ffee"},
            "https://gitlab.com/my/own/fork",
        ),
        (
            {"BITBUCKET_CLONE_DIR": "{}", "BITBUCKET_GIT_HTTP_ORIGIN": "http://bitbucket.org/my/fork",
             "BITBUCKET_COMMIT": "c0ffee"},
            "https://bitbucket.org/my/fork",
        ),
    ],
    ids=["GitHub", "GitLab", "Bitbucket"],
)  # fmt: skip
def test_a_ci_says_what_it_checked_out(clone, tmp_path_factory, variables, repository):
    here = {name: text.format(clone) for name, text in variables.items()}
    assert checkout_of(clone, here) == Checkout(repository, "c0ffee")
    assert checkout_of(tmp_path_factory.mktemp("elsewhere"), here) == Checkout(), "its checkout is another folder"
    private = {name: text.replace("github.com", "10.0.0.7") for name, text in here.items()}
    if private != here:
        assert checkout_of(clone, private).repository == HERE, "git knows a better one"


def test_what_the_configuration_says_comes_first():
    origin = Checkout("https://github.com/my/fork", "c0ffee", "https://my.github.io/fork/", "gh-pages")
    configuration = {"repository": {"url": HERE, "branch": "published"}}
    assert read_address(configuration, "", origin).reference == "published", "that commit is the fork's"
    forked = read_address({"repository": {"url": PLACEHOLDER}}, "", origin)
    assert (forked.repository, forked.reference) == ("https://github.com/my/fork", "c0ffee")
    assert forked.of("index.html") == "https://my.github.io/fork/index.html"
    assert read_address(configuration, "", Checkout(HERE, "c0ffee")).reference == "c0ffee"


def test_binder_colab_and_pip_are_led_to_the_commit():
    github = Address(HERE, provider="github", commit="c0ffee", pages_branch="gh-pages")
    assert github.on_binder("notebooks/mind") == (
        "https://mybinder.org/v2/gh/some/where/c0ffee?urlpath=lab/tree/notebooks/mind.ipynb"
    )
    assert github.on_colab("notebooks/mind") == (
        "https://colab.research.google.com/github/some/where/blob/gh-pages/_sources/notebooks/mind.ipynb"
    )
    assert github.package() == f"{HERE}/archive/c0ffee.zip"
    bitbucket = Address("https://bitbucket.org/some/where", provider="bitbucket", commit="c0ffee")
    assert bitbucket.on_binder("m") == (
        "https://mybinder.org/v2/git/https%3A%2F%2Fbitbucket.org%2Fsome%2Fwhere/c0ffee?urlpath=lab/tree/m.ipynb"
    )
    assert bitbucket.package() == "git+https://bitbucket.org/some/where@c0ffee"
    assert not bitbucket.theme_options()["use_issues_button"], "the theme has none for it, and would warn"
    assert bitbucket.on_colab("m") == Address().on_colab("m") == Address().on_binder("m") == Address().package() == ""


def hosts_of(page: BeautifulSoup) -> list[str]:
    assert page.select(".article-header-buttons a"), "a download at least"
    return [link["href"] for link in page.select(".article-header-buttons a[href^=http]")]


def test_a_forks_pages_carry_its_buttons_and_no_credential(clone, monkeypatch):
    monkeypatch.setenv("KSCALE_PAGES_BRANCH", "gh-pages")
    commit, out = git(clone, "rev-parse", "HEAD"), small_book(clone, PLACEHOLDER, "")
    page = BeautifulSoup((out / "notebooks" / "mind.html").read_text(encoding="utf-8"), "html.parser")
    assert set(hosts_of(page)) == {
        f"https://mybinder.org/v2/gh/some/where/{commit}?urlpath=lab/tree/notebooks/mind.ipynb",
        "https://colab.research.google.com/github/some/where/blob/gh-pages/_sources/notebooks/mind.ipynb",
        HERE,
        f"{HERE}/blob/{commit}/notebooks/mind.ipynb?plain=1",
        f"{HERE}/issues/new?title=Issue%20on%20page%20%2Fnotebooks/mind.html&body=Your%20issue%20content%20here.",
    }
    assert all(
        (out / "notebooks" / image["src"]).resolve().is_file() for image in page.select(".article-header-buttons img")
    )
    for file in out.rglob("*"):
        assert not file.is_file() or b"t0ken" not in file.read_bytes(), file
    first = nbformat.read(out / "_sources" / "notebooks" / "mind.ipynb", as_version=4).cells[0]
    assert f"{HERE}/archive/{commit}.zip" in first.source


def test_a_remote_that_readers_cannot_open_gives_no_button_and_a_download_says_what_to_do(clone):
    git(clone, "remote", "set-url", "origin", "http://127.0.0.1:3000/some/where")
    out = small_book(clone, PLACEHOLDER, "")
    page = (out / "notebooks" / "mind.html").read_text(encoding="utf-8")
    assert hosts_of(BeautifulSoup(page, "html.parser")) == [] and "127.0.0.1" not in page
    assert "binder" not in page.lower()
    source, download = (
        json.loads((folder / "notebooks" / "mind.ipynb").read_text(encoding="utf-8"))
        for folder in (clone, out / "_sources")
    )
    first = download["cells"].pop(0)
    assert download == source, "all else stays as it is"
    assert first["cell_type"] == "code" and "".join(first["source"]) == installation(Address())
    nbformat.validate(nbformat.read(out / "_sources" / "notebooks" / "mind.ipynb", as_version=4))


def test_what_a_download_installs_is_this_package():
    """The line's requirement, read by pip's own rules, names the distribution that this repository builds."""
    from packaging.requirements import Requirement

    for provider in ("github", "gitlab"):
        cell = installation(Address(f"https://{provider}.com/some/where", provider=provider, commit="c0ffee"))
        (line,) = [line for line in cell.splitlines() if line.startswith("%pip")]
        requirement = Requirement(line.split('"')[1])
        assert f'name = "{requirement.name}"' in (ROOT / "pyproject.toml").read_text() and "c0ffee" in requirement.url
