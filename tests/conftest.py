"""Small models to test the machinery on, apart from the documents; the built book, a server and a browser for it."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from _ext.press.dated import EPOCH, commit_time
from kscale_nb import MODEL, Ledger, Model, derived, given
from kscale_nb.claims import Claim
from paper.pdf import CHROMIUM, CHROMIUM_FLAGS

collect_ignore = ["independent_logits.py"]  # run by hand, with packages of its own
# The longest file begins first and builds the book; what needs none comes next, for those that would wait for it.
FIRST = ("test_accessible.py", "test_scenarios.py", "test_environment.py", "machines", "core", "chapters", "doubt")
ROOT = Path(__file__).parents[1]
CONF = f"import sys\nsys.path.insert(0, {str(ROOT / 'book')!r})\n"  # where a small book finds our extension
TABLE_OF_CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text())
PAGES = [TABLE_OF_CONTENTS["root"], *(c["file"] for part in TABLE_OF_CONTENTS["parts"] for c in part["chapters"])]
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {item.path: (item.path.name, item.path.parent.name) for item in items}
    ranks = {path: min(map(FIRST.index, {*FIRST} & {*names}), default=len(FIRST)) for path, names in places.items()}
    items.sort(key=lambda item: ranks[item.path])


def small_model() -> Model:
    """Power split in two, with one input that no document prints."""
    power = given("P", 100, "W", "power", "premise", "k1s1ai")
    share = given("s", 25, "%", "share", "premise", "k1s1ai")
    efficiency = given("e", 7, "FLOP/s/W", "throughput per watt", "recovered", "k1s1ai")
    part = derived("P_1", power * share, "W", "part")
    rate = derived("F", part * efficiency, "FLOP/s", "throughput")
    half = derived("F_2", rate / 2, "FLOP/s", "half the throughput")
    return Model({"power": power, "share": share, "efficiency": efficiency, "part": part, "rate": rate, "half": half})


def claim(claim_id: str, printed: str, quantity: str, unit: str = "W", **more) -> Claim:
    return Claim(claim_id, "test", "section", "statement", printed, unit, quantity=quantity, **more)


def small_ledger(*claims: Claim) -> Ledger:
    return Ledger(claims, small_model())


@pytest.fixture
def load_chapter(tmp_path):
    """Writes the lines of a chapter module and loads it alone into a model."""
    loaded = []

    def load(*bodies: str) -> Model:
        modules = []
        for body in bodies:
            name = f"chapter_{len(loaded)}"
            (tmp_path / f"{name}.py").write_text(f"from kscale_nb.quantity import derived, given\n{body}\n")
            sys.path.insert(0, str(tmp_path))
            try:
                modules.append(__import__(name))
            finally:
                sys.path.remove(str(tmp_path))
            loaded.append(name)
        return Model.of_chapters(modules, sources={"k1s1ai", "kaplan2020"})

    yield load
    for name in loaded:
        sys.modules.pop(name, None)


@pytest.fixture(scope="session")
def defaults() -> dict[str, float]:
    return MODEL.values()


# -- the book -----------------------------------------------------------------------------------------


def build_book(source: Path, **environment: str) -> Path:
    """Build the book from a copy in which nothing was built before; it bears the date of the commit here."""
    for name in ("book", "notebooks", "_config.yml", "_toc.yml", "CITATION.cff"):
        origin = ROOT / name
        (shutil.copytree if origin.is_dir() else shutil.copyfile)(origin, source / name)
    (source / "kscale_nb").symlink_to(ROOT / "kscale_nb")
    build = subprocess.run(
        [str(Path(sys.executable).parent / "jupyter-book"), "build", "-W", "-n", "--keep-going", str(source)],
        capture_output=True, text=True, check=False,
        env={**os.environ, **({EPOCH: str(made)} if (made := commit_time(ROOT)) else {}), **environment},
    )  # fmt: skip
    assert build.returncode == 0, build.stdout[-4000:] + build.stderr[-4000:]
    return source / "_build" / "html"


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """The book, built once for all the processes that run tests; or one built before, that KSCALE_BOOK names."""
    if "KSCALE_BOOK" in os.environ:
        return Path(os.environ["KSCALE_BOOK"]).resolve()
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):  # a worker of pytest-xdist: the folder above is everyone's
        shared = shared.parent
    source = shared / "the_book"
    with FileLock(shared / "the_book.lock"):
        if not source.exists():
            source.mkdir()
            build_book(source)
    pages = source / "_build" / "html"
    assert (pages / "index.html").is_file(), "another process failed to build the book"
    return pages


class Reader(HTMLParser):
    """Collects what the assertions ask about a page."""

    def __init__(self, path: Path):
        super().__init__()
        self.links, self.ids, self.images, self.classes = [], set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.classes.extend((facts.get("class") or "").split())
        if "id" in facts:
            self.ids.add(facts["id"])
        if tag == "a" and facts.get("href"):
            self.links.append(facts["href"])
        if tag == "img":
            self.images.append(facts)


@pytest.fixture(scope="session")
def read(built) -> dict[str, Reader]:
    return {page: Reader(built / f"{page}.html") for page in PAGES}


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="session")
def address(built):
    """Where the built book is served, on this machine only."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(built)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def playwright():
    if CHROMIUM is None:
        pytest.skip("no Chromium here: on Debian, apt-get install chromium chromium-headless-shell")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright):
    """Chromium without a window where it is there, which works in half the time."""
    path = shutil.which("chromium-headless-shell") or CHROMIUM
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)


@pytest.fixture(scope="session")
def whole_browser(playwright):
    """A whole Chromium, as readers have it and as the PDF is printed with."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)


@pytest.fixture(scope="module")
def tab(browser, address):
    """A page with the model on it, in a context of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/notebooks/energy_split.html")
    yield page
    context.close()


@pytest.fixture
def open_page(browser, address):
    """Opens a page as a new reader, whose store is empty."""
    contexts = []

    def opened(path: str, **how):
        contexts.append(browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | how)))
        page = contexts[-1].new_page()
        page.goto(f"{address}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
