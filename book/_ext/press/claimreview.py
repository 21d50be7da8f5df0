"""The ledger as schema.org's ClaimReview, the form in which fact-checkers exchange verdicts.

A row is judged twice, so it can hold two reviews of two different claims: that the figure follows from the document's
own inputs, and that it is so in the world. Where nothing was judged (`assumed`, `qualitative`, `n/a`) there
is no review; `unverified` is a review that ends without a number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from _ext.live.links import LEDGER_PAGE
from _ext.press.address import Address, is_published
from _ext.press.citing import Author, Work
from kscale_nb import LEDGER
from kscale_nb.claims import Verdict
from kscale_nb.sources import bibliography, short_citation

SCHEMA = "https://schema.org"
WORST, BEST = 1, 5
FOLLOWS = {"exact": 5, "truncated": 4, "reconstructed": 4, "slip": 2, "off": 1}
IN_THE_WORLD = {"supported": 5, "disputed": 2, "infeasible": 1, "unverified": None}
FILE = "_static/claimreview.json"


def reviews(verdicts: Iterable[Verdict], book: Work, address: Address, ledger: str) -> list[dict]:
    """All reviews of some verdicts; `ledger` leads to the ledger from where they stand, if no address is known."""
    return [
        review for verdict in verdicts for review in _reviews_of(verdict, book, address.of_page(LEDGER_PAGE) or ledger)
    ]


def _reviews_of(verdict: Verdict, book: Work, ledger: str) -> Iterator[dict]:
    claim = verdict.claim
    stated = f"{claim.statement}: {claim.as_printed}" if claim.as_printed else claim.statement
    if verdict.verdict in FOLLOWS:
        rating = _rating(verdict.verdict, FOLLOWS[verdict.verdict], verdict.note)
        said = f"{stated}, by the document's own inputs"
        yield _review(verdict, said, "the document's own arithmetic", rating, book, ledger)
    if verdict.physics in IN_THE_WORLD:
        why = "; ".join(filter(None, (verdict.physics_note, claim.reason)))
        rating = _rating(verdict.physics, IN_THE_WORLD[verdict.physics], why)
        review = _review(verdict, stated, "physics and the literature", rating, book, ledger)
        if claim.evidence:
            review["citation"] = [short_citation(key) for key in claim.evidence]
        yield review


def _rating(word: str, value: int | None, why: str) -> dict:
    scale = {} if value is None else {"ratingValue": value, "bestRating": BEST, "worstRating": WORST}
    return {"@type": "Rating", "alternateName": word, **scale, **({"ratingExplanation": why} if why else {})}


def _review(verdict: Verdict, said: str, aspect: str, rating: dict, book: Work, ledger: str) -> dict:
    claim = verdict.claim
    document = document_of(claim.document)
    return {
        "@context": SCHEMA,
        "@type": "ClaimReview",
        "url": f"{ledger}#claim-{claim.id}",
        "claimReviewed": said,
        "reviewAspect": aspect,
        "itemReviewed": {
            "@type": "Claim",
            "identifier": claim.id,
            "author": document["author"],
            "appearance": {"@type": "CreativeWork", "name": claim.section, "isPartOf": document},
        },
        "reviewRating": rating,
        **({"reviewBody": rating["ratingExplanation"]} if "ratingExplanation" in rating else {}),
        "author": organisation(book),
        "datePublished": book.released.isoformat(),
    }


def document_of(name: str) -> dict:
    """One of the two documents, as the bibliography describes it.

    >>> document_of("TIP-0128")["author"]
    {'@type': 'Person', 'name': 'Rafael Oliveira'}
    """
    entry = bibliography().entries[name.lower().replace("-", "")]
    person = entry.persons["author"][0]
    family, given = (
        " ".join(names).replace("{", "").replace("}", "") for names in (person.last_names, person.first_names)
    )
    title = entry.fields["title"].replace("{", "").replace("}", "").replace("--", "–")
    return {"@type": "CreativeWork", "name": title, "author": as_agent(Author(family, given))}


def as_agent(author: Author) -> dict:
    return {"@type": "Person" if author.given else "Organization", "name": author.name}


def organisation(book: Work) -> dict:
    """The reviewer: the book's authors, as the fact-checkers' standard asks, with an address where one is known."""
    names = " and ".join(author.name for author in book.authors)
    return {"@type": "Organization", "name": names, **({"url": book.url} if book.url else {})}


def write_reviews(app, exception) -> None:
    book = app.config.kscale_book
    if exception is not None or not is_published(app) or book is None:
        return
    there = reviews(LEDGER.judge_all().values(), book, app.config.kscale_address, f"../{LEDGER_PAGE}.html")
    (Path(app.outdir) / FILE).write_text(json.dumps(there, ensure_ascii=False, indent=1), encoding="utf-8")


def setup(app) -> None:
    app.connect("build-finished", write_reviews)
