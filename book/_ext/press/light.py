"""Pages that are light and private: nothing that they do not need, no request to another host, a policy that says so.

The theme serves every feature to every page. What a page does not use is taken out of it after it is written, and the
page's Content Security Policy then allows what is left and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

# Assets of the theme and of Sphinx's extensions, and the mark in a page that calls for them.
NEEDED_WITH = {
    "sphinx-design.min.css": r'class="[^"]*\bsd-',
    "design-tabs.js": r'class="[^"]*\bsd-tab-set\b',
    "copybutton.css": r'class="highlight',
    "copybutton.js": r'class="highlight',
    "clipboard.min.js": r'class="highlight',
    "searchtools.js": r'id="search-results"|search_as_you_type = true',
    "language_data.js": r'id="search-results"|search_as_you_type = true',
    "searchindex.js": r'id="search-results"|search_as_you_type = true',
    "code.js": r'<details class="[^"]*\bhide\b',
    "scripts/fontawesome.js": r"(?!)",  # icons are a font: see _ext.look.icons
}
RUN_AT_ONCE = "documentation_options.js"  # the theme's inline scripts read it
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
POLICY_META = '<meta http-equiv="Content-Security-Policy" content="{}" />'
FIRST_TAG = '<meta charset="utf-8" />'
REDIRECT = '<meta http-equiv="Refresh" '  # all of a page that leads to the book's first
ICON = '<link rel="icon" href="data:," />'
PRINT_HANDLER, PRINT_MARK = 'onclick="window.print()"', "data-kscale-print"
TEXT_SHEET, MATH_SHEET = "text-font.css", "math-font.css"
# What a stylesheet of letters says of each of its files, all in the folder of fonts.
LETTERS = {
    TEXT_SHEET: {
        "stix-two-text-regular": 'font-family: "STIX Two Text"',
        "stix-two-text-italic": 'font-family: "STIX Two Text"; font-style: italic',
        "stix-two-text-bold": 'font-family: "STIX Two Text"; font-weight: 600 700',
    },
    MATH_SHEET: {"stix-two-math": 'font-family: "STIX Two Math"'},
}


def asset_tag(name: str) -> re.Pattern:
    """Finds the tags that load, or preload, an asset."""
    address = rf'(?:src|href)="[^"]*\b{re.escape(name)}(?:\?[^"]*)?"'
    return re.compile(rf"\s*(?:<script\b[^>]*{address}[^>]*></script>|<link\b[^>]*{address}[^>]*>)")


def only_what_it_needs(page: str) -> str:
    """The page without the scripts and styles that nothing on it asks for.

    >>> only_what_it_needs('<script src="../_static/searchtools.js"></script><p>No search here</p>')
    '<p>No search here</p>'
    """
    for name, mark in NEEDED_WITH.items():
        if not re.search(mark, page):
            page = asset_tag(name).sub("", page)
    return re.sub(r'\s*<link rel="preload" as="script"[^>]*>', "", page)


def text_first(page: str) -> str:
    """The page with its scripts run, and its letters and formulas set in the book's fonts, after its text is shown.

    >>> text_first('<script src="_static/doctools.js"></script>')
    '<script defer src="_static/doctools.js"></script>'
    """

    def defer(tag: re.Match) -> str:
        waits = re.search(r"\b(?:defer|async|module)\b", tag[0]) or RUN_AT_ONCE in tag[0]
        return tag[0] if waits else tag[0].replace("<script ", "<script defer ", 1)

    page = re.sub(r'<script\b[^>]*\bsrc="[^>]*>', defer, page)
    root = re.search(r'data-content_root="([^"]*)"', page)
    for sheet in [TEXT_SHEET, *([MATH_SHEET] if "<math" in page else [])]:
        link = f'<link rel="stylesheet" href="{root[1] if root else ""}_static/{sheet}" />'
        page = page.replace("</body>", f"{link}\n  </body>", 1)
    return page


def policy_of(page: str) -> str:
    """The strictest policy under which the page works: its own files, and the inline scripts it has now.

    >>> policy_of("<p>Nothing inline</p>").split("; ")[1]
    "script-src 'self'"
    """
    rules = dict(POLICY)
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        inline = re.findall(
            rf"<{tag}\b(?![^>]*\b(?:src=|type=\"application/))[^>]*>(.*?)</{tag}>", page, flags=re.DOTALL
        )
        for digest in sorted({hashlib.sha256(text.encode()).digest() for text in inline if text}):
            rules[directive] += f" 'sha256-{base64.b64encode(digest).decode()}'"
    return "; ".join(f"{directive} {sources}" for directive, sources in rules.items())


def lighten(page: str) -> str:
    """The page as it is published. A page that was lightened before stays as it is.

    >>> lighten('<meta http-equiv="Refresh" content="0; url=book/index.html" />').splitlines()[3][:60]
    '    <meta http-equiv="Content-Security-Policy" content="defa'
    """
    if page.startswith(REDIRECT):
        head = f"{FIRST_TAG}\n<title>The book</title>\n{ICON}"  # an empty one: the browser asks for none
        to = re.search(r'url=([^"]+)"', page)[1]  # with the changes in the address, which a Refresh leaves behind
        script = f'<script>location.replace("{to}" + location.search + location.hash)</script>'
        page = f'<!DOCTYPE html>\n<html lang="en">\n{head}\n{script}\n{page}'
    if FIRST_TAG not in page or "Content-Security-Policy" in page:
        return page
    page = text_first(only_what_it_needs(page)).replace(PRINT_HANDLER, PRINT_MARK)
    return page.replace(FIRST_TAG, f"{FIRST_TAG}\n    {POLICY_META.format(policy_of(page))}", 1)


def write_font_stylesheets(static: Path) -> None:
    """Put the fonts into stylesheets: a page opened from the disk may not load them as files."""
    for sheet, faces in LETTERS.items():
        rules = []
        for name, facts in faces.items():
            font = base64.b64encode((static / "fonts" / f"{name}.woff2").read_bytes()).decode()
            source = f'url("data:font/woff2;base64,{font}") format("woff2")'
            rules.append(f"@font-face {{ {facts}; font-display: swap; src: {source}; }}\n")
        (static / sheet).write_text("".join(rules))
