"""Citations, metadata and launch buttons: facts from one file, addresses from one place, read as other tools read."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urljoin

import citeproc
import jsonschema
import nbformat
import pytest
import rispy
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from citeproc.source.json import CiteProcJSON
from conftest import CHAPTERS, CONF, PAGES, ROOT
from docutils import nodes
from PIL import Image
from pybtex.database import parse_string

from _ext.press import cards, citing, claimreview, metadata
from _ext.press.address import Address, read_address
from _ext.press.citing import Author, Work, as_bibtex, as_csl, as_ris, as_text, chapter_of, cite_box, read_facts
from kscale_nb import LEDGER, KscaleError, __version__
from kscale_nb.claims import PHYSICS, VERDICTS

NOWHERE = Address()
SOMEWHERE = Address(repository="https://github.com/some/where", book="https://some.github.io/where")
FACTS = yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"), yaml.BaseLoader)
AWKWARD = Work(
    "god2026-odd", "50% & more: what_if #1 costs $2 {or} “less”?", (Author("Doe", "Jo"), Author("The A & B Society")),
    date(2026, 1, 2), "1.0", book="A ~Book~", url="https://example.org/a_b?c=1&d=2",
)  # fmt: skip


def title_of(chapter: str) -> str:
    first = nbformat.read(ROOT / f"{chapter}.ipynb", as_version=4).cells[0].source
    return first.splitlines()[0].removeprefix("# ")


def works(address: Address) -> list[Work]:
    book = read_facts(ROOT / "CITATION.cff", address)
    return [book, *(chapter_of(book, chapter, title_of(chapter), address) for chapter in CHAPTERS)]


# -- the facts -----------------------------------------------------------------------------------------


def test_the_citation_file_is_valid_and_of_this_version():
    schema = json.loads((ROOT / "tests" / "data" / "cff-1.2.0.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(FACTS, schema, cls=jsonschema.Draft7Validator)
    assert FACTS["version"] == __version__
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**FACTS, "date-released": "soon"}, schema, cls=jsonschema.Draft7Validator)


def test_a_missing_fact_is_named(tmp_path):
    path = tmp_path / "CITATION.cff"
    path.write_text(yaml.safe_dump({name: value for name, value in FACTS.items() if name != "authors"}))
    with pytest.raises(KscaleError, match=r"CITATION\.cff: 'authors'"):
        read_facts(path, NOWHERE)


def test_persons_and_a_doi_are_read_too(tmp_path):
    path = tmp_path / "CITATION.cff"
    people = [{"family-names": "Ada", "name-particle": "van", "given-names": "Jo"}, {"name": "A Society"}]
    facts = {**FACTS, "authors": people, "doi": "10.5281/zenodo.1", "date-released": date(2026, 11, 22)}
    path.write_text(yaml.safe_dump(facts))
    book = read_facts(path, NOWHERE)
    assert [author.inverted for author in book.authors] == ["van Ada, Jo", "A Society"]
    assert as_text(book).endswith("https://doi.org/10.5281/zenodo.1")
    assert chapter_of(book, "notebooks/x", "X", NOWHERE).doi == "", "the DOI is the book's"


def test_keys_are_stable_and_distinct():
    keys = [work.key for work in works(NOWHERE)]
    assert len(set(keys)) == len(keys)
    assert {"steampunkgod2026", "steampunkgod2026-chinchilla-sizing", "steampunkgod2026-orions-arm-s1"} <= set(keys)


# -- the forms, read back by others --------------------------------------------------------------------


@pytest.mark.parametrize("address", [NOWHERE, SOMEWHERE], ids=["placeholder", "known"])
def test_pybtex_reads_bibtex(address):
    for work in works(address):
        (key, entry), *more = parse_string(as_bibtex(work), "bibtex").entries.items()
        assert not more and key == work.key and entry.type == ("incollection" if work.book else "book")
        assert entry.fields["title"].strip("{}") == work.title
        assert entry.fields["year"] == "2026" and work.version in entry.fields["note"]
        assert str(entry.persons["author"][0]).strip("{}") == work.authors[0].family
        assert entry.fields.get("url", "") == work.url and bool(work.url) == bool(address.book)


def test_bibtex_escapes_what_tex_would_read():
    entry = parse_string(as_bibtex(AWKWARD), "bibtex").entries[AWKWARD.key]
    title = r"50\% \& more: what\_if \#1 costs \$2 \textbraceleft{}or\textbraceright{} “less”?"
    assert (
        entry.fields["title"] == f"{{{title}}}"
        and entry.fields["booktitle"] == r"{A \textasciitilde{}Book\textasciitilde{}}"
    )
    assert entry.fields["url"] == AWKWARD.url
    assert [person.last_names for person in entry.persons["author"]] == [["Doe"], [r"{The A \& B Society}"]]


@pytest.mark.parametrize("work", [*works(NOWHERE), *works(SOMEWHERE), AWKWARD], ids=lambda work: work.key)
def test_rispy_reads_ris(work):
    (record,) = rispy.loads(as_ris(work))
    assert record["type_of_reference"] == ("CHAP" if work.book else "BOOK")
    assert record["title"] == work.title and record["id"] == work.key
    assert record.get("secondary_title", "") == work.book
    assert record["authors"] == [author.inverted for author in work.authors]
    assert record["date"] == f"{work.released:%Y/%m/%d}" and record["edition"] == f"Version {work.version}"
    assert record.get("urls", []) == ([work.url] if work.url else [])


@pytest.mark.filterwarnings("ignore:The following arguments for Reference are unsupported")  # of CSL 1.0.2: version
@pytest.mark.parametrize("work", [*works(NOWHERE), *works(SOMEWHERE), AWKWARD], ids=lambda work: work.key)
def test_citeproc_renders_csl_json(work):
    style = citeproc.CitationStylesStyle("harvard-cite-them-right", validate=False)
    source = CiteProcJSON(json.loads(as_csl(work)))
    bibliography = citeproc.CitationStylesBibliography(style, source, citeproc.formatter.plain)
    bibliography.register(citeproc.Citation([citeproc.CitationItem(work.key)]))
    text = str(bibliography.bibliography()[0])
    assert work.authors[0].family in text and str(work.released.year) in text
    unquoted = str.maketrans("", "", "“”‘’")  # the style sets quotation marks of its own
    assert work.title.translate(unquoted) in text.translate(unquoted) and work.book in text


def test_the_text_names_author_year_title_book_version_and_address():
    work = next(work for work in works(SOMEWHERE) if work.url.endswith("/energy_split.html"))
    assert as_text(work) == (
        f"The founders of The Arithmetic of a Steampunk God (2026). {work.title} "
        f"In The Arithmetic of a Steampunk God (version {__version__}). "
        "https://some.github.io/where/notebooks/energy_split.html"
    )


def test_a_box_shows_markup_as_text():
    text = BeautifulSoup(cite_box(AWKWARD, "odd", "../_static/citations", "Cite <this>"), "html.parser")
    assert text.summary.text == "Cite <this>" and text.cite.text == AWKWARD.book
    assert text.select_one("[data-copy=text]").text == as_text(AWKWARD)
    assert json.loads(text.select_one("[data-copy=CSL-JSON]").text) == json.loads(as_csl(AWKWARD))
    assert text.select_one(".kscale-cite-facts a")["href"] == AWKWARD.url


# -- addresses -----------------------------------------------------------------------------------------


def test_the_configuration_holds_one_address_and_a_placeholder_is_none():
    configuration = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    address = read_address(configuration, (configuration.get("html") or {}).get("baseurl", ""))
    if "OWNER" in configuration["repository"]["url"]:
        assert address == NOWHERE and address.theme_options() == {}


def test_a_known_address_is_tidied_and_drives_the_buttons():
    configuration = {"repository": {"url": "https://github.com/some/where.git", "branch": "published"}}
    address = read_address(configuration, "https://some.github.io/where/")
    assert address == Address("https://github.com/some/where", "published", "github", "https://some.github.io/where")
    assert address.theme_options()["repository_branch"] == "published"
    assert read_address({}, "https://OWNER.github.io/REPOSITORY").book == ""


def small_book(folder: Path, repository: str, published: str, builder: str = "html") -> Path:
    """A book of a front page and one chapter, built with the theme."""
    (folder / "conf.py").write_text(
        CONF + 'extensions = ["myst_nb", "sphinx_book_theme", "_ext"]\nhtml_theme = "sphinx_book_theme"\n'
        f'nb_execution_mode = "off"\nmyst_url_schemes = ["https", "kscale"]\nhtml_baseurl = "{published}"\n'
        f"html_static_path = [{str(ROOT / 'book' / 'assets')!r}]\n"
    )
    (folder / "_config.yml").write_text(yaml.safe_dump({"repository": {"url": repository, "branch": "main"}}))
    (folder / "CITATION.cff").write_bytes((ROOT / "CITATION.cff").read_bytes())
    (folder / "index.md").write_text(
        "# A book\n\nIt has a chapter.\n\n```{kscale-cite}\n```\n\n```{toctree}\nnotebooks/mind\n```\n"
    )
    (folder / "notebooks").mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    chapter = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Mind: why?\n\nBecause.")],
        metadata={**kernel, "kscale": {"stage": "mind"}},
    )
    nbformat.write(chapter, folder / "notebooks" / "mind.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", "-b", builder, str(folder), str(folder / "out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_without_an_address_there_is_no_button_and_no_placeholder(tmp_path):
    out = small_book(tmp_path, "https://github.com/OWNER/REPOSITORY", "")
    for page in ("index.html", "notebooks/mind.html"):
        text = (out / page).read_text(encoding="utf-8")
        assert "OWNER" not in text and "binder" not in text.lower() and "github.com" not in text
        assert "og:image" not in text and "canonical" not in text and "fulltext" not in text


def test_an_address_gives_every_page_its_buttons_and_its_links(tmp_path):
    out = small_book(tmp_path, "https://github.com/some/where", "https://some.github.io/where/")
    page = BeautifulSoup((out / "notebooks" / "mind.html").read_text(encoding="utf-8"), "html.parser")
    address = "https://some.github.io/where/notebooks/mind.html"
    binder = "https://mybinder.org/v2/gh/some/where/main?urlpath=lab/tree/notebooks/mind.ipynb"
    assert page.find("a", href=binder) and page.find("a", href="https://github.com/some/where")
    assert page.find("link", rel="canonical")["href"] == address
    assert page.find("meta", property="og:url")["content"] == address
    assert page.find("meta", attrs={"name": "citation_fulltext_html_url"})["content"] == address
    image = page.find("meta", property="og:image")["content"]
    assert image.startswith("https://some.github.io/where/")
    assert (out / image.removeprefix("https://some.github.io/where/")).is_file()
    assert page.select_one(".kscale-cite-facts a")["href"] == address
    front = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert not front.find("a", href=lambda link: link and "mybinder" in link), "the front page is no notebook"


def test_a_book_in_one_file_has_one_citation_and_nothing_to_download(tmp_path):
    out = small_book(tmp_path, "https://github.com/OWNER/REPOSITORY", "", "singlehtml")
    page = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "html.parser")
    (box,) = page.select("details.kscale-cite")
    assert "@book{steampunkgod2026," in box.text and not box.select("a[download]")
    assert not (out / citing.FOLDER).exists()


# -- descriptions --------------------------------------------------------------------------------------


def test_a_description_is_whole_sentences_of_the_first_paragraph():
    text = nodes.paragraph("", "It takes 2.1 years with ")
    text += [
        nodes.math("", r"10^{16}\,\mathrm{W}"),
        nodes.Text(". Then "),
        nodes.emphasis("", "light"),
        nodes.Text(" goes on."),
    ]
    page = nodes.document(None, None)
    page += nodes.section("", nodes.title("", "Title"), nodes.note("", nodes.paragraph("", "Aside.")), text)
    assert metadata.description_of(page) == "It takes 2.1 years with 10¹⁶W. Then light goes on."
    assert metadata.description_of(page, 40) == "It takes 2.1 years with 10¹⁶W."
    assert metadata.description_of(page, 20) == "It takes 2.1 years…"
    assert (
        metadata.cut("Three. That is what the power of a civilisation asks for.", 30)
        == "Three. That is what the power…"
    )
    assert metadata.description_of(nodes.document(None, None)) == ""


# -- ClaimReview ---------------------------------------------------------------------------------------

BOOK = read_facts(ROOT / "CITATION.cff", NOWHERE)
REVIEWS = claimreview.reviews(LEDGER.judge_all().values(), BOOK, NOWHERE, "")


def test_every_rated_verdict_is_a_review_and_no_other():
    expected = sum(
        (v.verdict in claimreview.FOLLOWS) + (v.physics in claimreview.IN_THE_WORLD)
        for v in LEDGER.judge_all().values()
    )
    assert len(REVIEWS) == expected > 100
    assert set(VERDICTS) - set(claimreview.FOLLOWS) == {"assumed", "qualitative"}
    assert set(PHYSICS) - set(claimreview.IN_THE_WORLD) == {"n/a"}
    said = [(review["claimReviewed"], review["itemReviewed"]["identifier"]) for review in REVIEWS]
    assert len(set(said)) == len(said), "no claim is rated twice"


def test_every_review_has_what_the_standard_requires():
    for review in REVIEWS:
        assert review["@context"] == "https://schema.org" and review["@type"] == "ClaimReview"
        assert review["claimReviewed"].strip() and date.fromisoformat(review["datePublished"])
        assert review["author"]["@type"] == "Organization" and review["author"]["name"]
        claim, rating = review["itemReviewed"], review["reviewRating"]
        assert (
            claim["@type"] == "Claim"
            and claim["author"]["name"]
            and claim["author"]["@type"] in {"Person", "Organization"}
        )
        assert claim["appearance"]["isPartOf"]["name"]
        verdict = LEDGER.judge(claim["identifier"])
        assert review["url"] == f"#claim-{verdict.claim.id}"
        own = review["reviewAspect"] == "the document's own arithmetic"
        assert rating["@type"] == "Rating" and rating["alternateName"] == (verdict.verdict if own else verdict.physics)
        if rating["alternateName"] == "unverified":
            assert "ratingValue" not in rating
        else:
            assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]


def test_the_documented_scale_is_the_one_in_use():
    rows = [
        line.strip("| \n").split("|")
        for line in (ROOT / "book" / "how_to_cite.md").read_text().splitlines()
        if line[:1] == "|"
    ]
    documented = {}
    for rating, *columns in rows[2:]:
        for axis, words in enumerate(columns):
            for word in filter(None, (word.strip() for word in words.split(","))):
                documented[axis, word] = int(rating) if rating.strip().isdigit() else None
    used = {(0, word): value for word, value in claimreview.FOLLOWS.items()}
    assert documented == used | {(1, word): value for word, value in claimreview.IN_THE_WORLD.items()}


def test_with_an_address_reviews_lead_to_their_rows():
    (review, *_) = claimreview.reviews([LEDGER.judge("k1s1ai.model.d-model")], BOOK, SOMEWHERE, "")
    assert review["url"] == "https://some.github.io/where/book/ledger.html#claim-k1s1ai.model.d-model"


# -- cards ---------------------------------------------------------------------------------------------


def test_a_card_is_the_same_on_every_run():
    verdicts = [verdict for verdict in LEDGER.judge_all().values() if verdict.claim.chapter == "inference"]
    first, second = (cards.draw_card("Inference: how fast?", verdicts, "A book") for _ in range(2))
    assert first == second != cards.draw_card("Inference: how slow?", verdicts, "A book")


# -- the built book ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def soup(built):
    return {page: BeautifulSoup((built / f"{page}.html").read_text(encoding="utf-8"), "html.parser") for page in PAGES}


def data_of(page: BeautifulSoup) -> list:
    return [json.loads(block.string) for block in page.find_all("script", type="application/ld+json")]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_ends_with_its_citation_and_can_be_downloaded(built, soup, chapter):
    (box,) = soup[chapter].select("details.kscale-cite")
    assert not box.has_attr("open") and "#" not in box.summary.text
    title = soup[chapter].h1.find(string=True, recursive=False).strip()
    assert title in box.select_one("[data-copy=text]").text
    shown = {form["data-copy"]: form.text.strip() for form in box.select("pre")}
    for link, (name, _) in zip(box.select(".kscale-cite-bar a"), citing.FORMS.values(), strict=True):
        file = (built / chapter).parent / link["href"]
        assert file.name == link["download"] and file.read_text(encoding="utf-8").strip() == shown[name]
    assert json.loads(shown["CSL-JSON"])[0]["title"] == title


def test_the_page_on_citing_shows_the_book(soup):
    (box,) = soup["book/how_to_cite"].select("details.kscale-cite")
    assert box.has_attr("open") and "@book{steampunkgod2026," in box.text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_describes_itself(soup, page):
    def content(name: str, kind: str = "name") -> list[str]:
        return [tag["content"] for tag in soup[page].find_all("meta", attrs={kind: name})]

    heading = soup[page].h1.find(string=True, recursive=False).strip()
    assert content("citation_title") == content("og:title", "property") == [heading]
    assert content("citation_author") == [FACTS["authors"][0]["name"]]
    assert content("citation_publication_date") == [FACTS["date-released"].replace("-", "/")]
    assert content("citation_language") == ["ko" if page == "book/summary-ko" else "en"]
    assert content("citation_inbook_title") == ([FACTS["title"]] if page in CHAPTERS else [])
    assert content("og:type", "property") == ["book" if page == PAGES[0] else "article"]
    assert content("twitter:card") and content("og:site_name", "property") == [FACTS["title"]]
    (description,) = content("description") or [""]
    if soup[page].select_one("section > p"):
        assert 20 < len(description) <= metadata.LONGEST + 1 and description[-1] in ".?!…:"
        assert "\\" not in description and "$" not in description and "kscale:" not in description


def test_the_data_blocks_hold_the_book_its_chapters_and_its_ledger(built, soup):
    (book,) = data_of(soup[PAGES[0]])
    assert book["@type"] == "Book" and book["name"] == FACTS["title"] and book["version"] == __version__
    parts = book["hasPart"]
    assert [part["position"] for part in parts] == list(range(1, len(CHAPTERS) + 1))
    for chapter, part in zip(CHAPTERS, parts, strict=True):
        (data,) = data_of(soup[chapter])
        assert data["@type"] == "Chapter" and data["name"] == part["name"] and data["position"] == part["position"]
        assert data["isPartOf"]["@type"] == "Book" and data["isPartOf"]["name"] == FACTS["title"]
        assert data["author"] and data["datePublished"] and data["inLanguage"] == "en" and "license" in data
    ledger, reviews = data_of(soup["book/ledger"])
    assert ledger["@type"] == "Dataset" and ledger["name"] and len(ledger["description"]) >= 50 and ledger["creator"]
    for file in ledger["distribution"]:
        assert (built / "book" / file["contentUrl"]).is_file(), file
    anchors = {f"#{row['id']}" for row in soup["book/ledger"].select("table.kscale-ledger tr[id]")}
    assert len(reviews) == len(REVIEWS) and {review["url"] for review in reviews} <= anchors
    file = json.loads((built / claimreview.FILE).read_text(encoding="utf-8"))
    assert [review["claimReviewed"] for review in file] == [review["claimReviewed"] for review in reviews]
    for review in file:
        page, _, _ = urljoin(f"/{claimreview.FILE}", review["url"]).partition("#")
        assert (built / page[1:]).is_file()


def test_no_reader_sees_a_placeholder(built):
    for path in [*built.rglob("*.html"), *(built / "_static" / "citations").iterdir(), built / claimreview.FILE]:
        assert "OWNER" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("name", [cards.BOOK, *(Path(chapter).name for chapter in CHAPTERS)])
def test_every_chapter_has_a_card(built, name):
    path = built / cards.FOLDER / f"{name}.png"
    assert path.stat().st_size < 60_000
    with Image.open(path) as picture:
        assert picture.size == (1200, 630) and picture.format == "PNG"
        assert len(picture.convert("RGB").getcolors(2**24)) > 20, "an empty card"


# -- in a browser --------------------------------------------------------------------------------------


def test_a_citation_can_be_copied(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(f"{address}/{CHAPTERS[0]}.html")
    box = tab.locator("details.kscale-cite")
    assert box.get_by_role("button").count() == 0, "folded"
    box.locator("summary").click()
    box.get_by_role("button", name="Copy BibTeX").click()
    tab.wait_for_function("() => document.querySelector('.kscale-cite').textContent.includes('Copied')")
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert list(parse_string(copied, "bibtex").entries) == [works(NOWHERE)[1].key]
    assert box.get_by_role("button").count() == 4
    context.close()


def test_a_citation_can_be_read_without_javascript(browser, address):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}/{CHAPTERS[0]}.html")
    tab.locator("details.kscale-cite summary").click()
    assert tab.locator("details.kscale-cite pre").first.is_visible()
    assert tab.locator("details.kscale-cite button").count() == 0
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_open_citation_is_accessible_and_fits_a_phone(browser, address, scheme):
    context = browser.new_context(viewport={"width": 360, "height": 780}, color_scheme=scheme)
    tab = context.new_page()
    tab.goto(f"{address}/{CHAPTERS[0]}.html")
    tab.locator("details.kscale-cite summary").click()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(tab, context=".kscale-cite").response["violations"]
    context.close()
    assert [violation["id"] for violation in found] == []


def test_a_strict_policy_lets_data_blocks_stand(browser, soup):
    block = str(soup[CHAPTERS[0]].find("script", type="application/ld+json"))
    tab = browser.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    policy = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}
    bodies = {"data": block, "script": "<script>document.title = 'ran'</script>"}

    def answer(route) -> None:
        body = bodies[route.request.url.rpartition("/")[2]]
        route.fulfill(body=f"<!doctype html><title>page</title>{body}", content_type="text/html", headers=policy)

    tab.route("http://policy.test/*", answer)
    tab.goto("http://policy.test/data")
    assert complaints == [] and json.loads(tab.locator("script").first.text_content())["@type"] == "Chapter"
    tab.goto("http://policy.test/script")
    assert complaints and tab.title() == "page", "the policy was not in force"
    tab.close()
