"""The built book: made from an empty cache without a warning, whole, and as a reader finds it in a browser."""

import csv
import functools
import http.server
import json
import shutil
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
import yaml
from conftest import ROOT

from kscale_nb import LEDGER, MODEL

TABLE_OF_CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text())
PAGES = [TABLE_OF_CONTENTS["root"], *(c["file"] for part in TABLE_OF_CONTENTS["parts"] for c in part["chapters"])]
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/")]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The book, built from a copy in which nothing was built or run before."""
    source = tmp_path_factory.mktemp("book")
    for name in ("book", "notebooks", "_config.yml", "_toc.yml"):
        origin = ROOT / name
        (shutil.copytree if origin.is_dir() else shutil.copyfile)(origin, source / name)
    (source / "kscale_nb").symlink_to(ROOT / "kscale_nb")
    build = subprocess.run(
        [str(Path(sys.executable).parent / "jupyter-book"), "build", "-W", "-n", "--keep-going", str(source)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert build.returncode == 0, build.stdout[-4000:] + build.stderr[-4000:]
    return source / "_build" / "html"


class Reader(HTMLParser):
    """Collects what the assertions ask about."""

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


@pytest.fixture(scope="module")
def read(built) -> dict[str, Reader]:
    return {page: Reader(built / f"{page}.html") for page in PAGES}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_whole(built, read, page):
    text = (built / f"{page}.html").read_text(encoding="utf-8")
    assert "<h1" in text
    assert "traceback" not in read[page].classes and "stderr" not in read[page].classes
    assert 'href="kscale:' not in text, "an unresolved link"
    for image in read[page].images:
        assert image.get("alt", "").strip() and not image["alt"].startswith("../"), f"no alt text: {image}"
        if not image["src"].startswith("data:"):
            assert ((built / page).parent / image["src"]).is_file(), image["src"]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_inside_the_book_leads_somewhere(built, read, page):
    for link in read[page].links:
        if "://" in link or link.startswith(("mailto:", "javascript:", "data:")):
            continue
        address, _, anchor = link.partition("#")
        target = ((built / page).parent / address).resolve() if address else built / f"{page}.html"
        assert target.is_file(), link
        if anchor and target.suffix == ".html":
            name = target.relative_to(built.resolve()).with_suffix("").as_posix()
            assert anchor in (read[name].ids if name in read else Reader(target).ids), link


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_its_figures(read, chapter):
    notebook = nbformat.read(ROOT / f"{chapter}.ipynb", as_version=4)
    drawn = sum(
        "image/svg+xml" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])
    )
    assert drawn >= 2
    assert len([image for image in read[chapter].images if image["src"].endswith(".svg")]) >= drawn


def test_the_ledger_has_every_claim_and_the_quantities_every_quantity(read):
    assert {f"claim-{claim.id}" for claim in LEDGER} <= read["book/ledger"].ids
    assert {f"quantity-{name}" for name in MODEL} <= read["book/quantities"].ids


def test_a_wrong_name_fails_the_build(tmp_path):
    (tmp_path / "conf.py").write_text(
        'extensions = ["myst_nb", "sphinxcontrib.bibtex", "kscale_nb.web"]\n'
        'bibtex_bibfiles = []\nmyst_url_schemes = ["http", "kscale"]\n'
    )
    (tmp_path / "index.md").write_text("# Title\n\n[5](kscale:active_parametres)\n")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", str(tmp_path), str(tmp_path / "out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0 and "did you mean 'active_parameters'" in done.stderr


# -- in a browser -------------------------------------------------------------------------------------


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="module")
def address(built):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(built)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no Chromium here: on Debian, apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)


def test_the_ledger_filters_sorts_and_downloads(browser, address, built):
    tab = browser.new_page()
    tab.goto(f"{address}/book/ledger.html")
    rows = tab.locator("table.kscale-ledger tbody tr:visible")
    assert rows.count() == len(LEDGER.claims)
    tab.get_by_label("Verdict").select_option("truncated")
    truncated = {v.claim.id for v in LEDGER.judge_all().values() if v.verdict == "truncated"}
    assert rows.count() == len(truncated)
    assert tab.locator(".kscale-controls output").text_content() == f"{len(truncated)} of {len(LEDGER.claims)} claims"
    tab.get_by_role("button", name="Derived").click()
    order = [row.get_attribute("id").removeprefix("claim-") for row in rows.all()]
    derived = [LEDGER.judge(claim_id).derived for claim_id in order]
    assert set(order) == truncated and derived == sorted(derived)
    tab.get_by_label("Words").fill("no such words")
    assert rows.count() == 0
    tab.close()
    assert len(json.loads((built / "_static" / "ledger.json").read_text())) == len(LEDGER.claims)
    assert len(list(csv.DictReader((built / "_static" / "ledger.csv").read_text().splitlines()))) == len(LEDGER.claims)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_without_another_host_and_fits_a_phone(browser, address, page, scheme):
    context = browser.new_context(viewport={"width": 360, "height": 780}, color_scheme=scheme)
    tab = context.new_page()
    troubles = []
    context.route("**/*", lambda route: route.continue_() if route.request.url.startswith(address) else route.abort())
    tab.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))
    tab.goto(f"{address}/{page}.html", wait_until="networkidle")
    if tab.locator("span.math, div.math").count():
        tab.wait_for_selector("mjx-container", timeout=20_000)
        assert tab.locator("mjx-merror").count() == 0, "a formula that cannot be set"
    width = tab.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert troubles == []
    assert width <= 360
