"""The built book: made from an empty cache without a warning, whole, and as a reader finds it in a browser."""

import csv
import json
import re
import subprocess
import sys

import nbformat
import pytest
from conftest import CHAPTERS, CONF, PAGES, ROOT, Reader

from kscale_nb import LEDGER, MODEL


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
    by_day = [image for image in read[chapter].images if image["src"].endswith(".svg") and "-night" not in image["src"]]
    assert len(by_day) + read[chapter].classes.count("kscale-figure") - 2 * len(by_day) >= drawn


def test_the_ledger_has_every_claim_and_the_quantities_every_quantity(read):
    assert {f"claim-{claim.id}" for claim in LEDGER} <= read["book/ledger"].ids
    assert {f"quantity-{name}" for name in MODEL} <= read["book/quantities"].ids


def test_a_wrong_name_fails_the_build(tmp_path):
    (tmp_path / "conf.py").write_text(
        CONF + 'extensions = ["myst_nb", "sphinxcontrib.bibtex", "_ext"]\n'
        'bibtex_bibfiles = []\nmyst_url_schemes = ["http", "kscale"]\n'
    )
    (tmp_path / "index.md").write_text("# Title\n\n[5](kscale:active_parametres)\n")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", str(tmp_path), str(tmp_path / "out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0 and "did you mean 'active_parameters'" in done.stderr


def test_apostrophes_are_those_of_print_in_text_cards_and_bibliography(built, read):
    for page in PAGES:
        text = (built / f"{page}.html").read_text(encoding="utf-8")
        article = re.search(r"<article\b.*</article>", text, flags=re.DOTALL)[0]
        article = re.sub(r"<(pre|code|svg|math|script)\b.*?</\1>|<[^>]*>", " ", article, flags=re.DOTALL)
        assert re.findall(r".{20}(?:'|&#39;|&#x27;)\w.{9}", article) == [], page
    facts = (built / "_static" / "kscale-facts.js").read_text(encoding="utf-8")
    assert "'" not in re.sub(r"<math.*?</math>", "", facts)


def test_derived_values_in_the_ledger_have_the_unit_of_the_printed_ones_and_never_part_from_it(built):
    page = (built / "book" / "ledger.html").read_text(encoding="utf-8")
    for verdict in LEDGER.judge_all().values():
        claim = verdict.claim
        row = re.search(rf'<tr[^>]* id="claim-{re.escape(claim.id)}".*?</tr>', page, flags=re.DOTALL)[0]
        printed, derived = re.findall(r"<td>(.*?)</td>", row, flags=re.DOTALL)[1:3]
        shown = re.sub(r"<[^>]*>", "", derived).strip()
        assert claim.means or " " not in shown
        if shown and not claim.means and claim.unit in {"T", "EB", "FLOP/s", "km", "%"}:
            assert shown.endswith(claim.unit) and claim.unit in printed


def test_a_number_set_as_a_formula_stays_with_its_unit(built):
    page = (built / "notebooks" / "energy_split.html").read_text(encoding="utf-8")
    assert re.search(r'<span class="kscale-glued"><span class="math[^>]*>.{0,200}</math></span> W</span>', page)


# -- in a browser -------------------------------------------------------------------------------------


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
