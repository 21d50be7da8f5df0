"""Numbers in prose: every page is backed by the model, and a wrong page is caught."""

import json
import re
import shutil

import pytest
from conftest import ROOT

from kscale_nb import LEDGER, MODEL
from kscale_nb.notebook.prose import CODE, NOT_PROSE, Target, factor_of_shown, problems_in, prose_of

COUNT = LEDGER.count("TIP-0128")
PAGES = sorted([*(ROOT / "book").glob("*.md"), *(ROOT / "notebooks").glob("*.ipynb"), ROOT / "README.md"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_number_in_prose_is_the_models(page):
    found = "\n".join(map(str, problems_in(page, MODEL, LEDGER)))
    assert found == "", found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_spells_as_the_others_do(page):
    others = re.compile(r"\bpercent\b|\bet al\b|\d[ \u00a0]%")  # per cent, and others, 50%
    assert [found[0] for _, text in prose_of(page) for found in others.finditer(CODE.sub(" ", text))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_symbol_is_escaped_twice(page):
    """Two backslashes before a word end a line of mathematics and print the word, where a symbol was meant."""
    source = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = json.loads(source)["cells"]
        source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert re.findall(r"\\\\[A-Za-z]+", source) == []


def problems(tmp_path, text: str) -> list[str]:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    return [str(problem) for problem in problems_in(page, MODEL, LEDGER)]


@pytest.mark.parametrize(
    "text",
    [
        "[4,493 T](kscale:active_parameters)", "[4.4926 × 10¹⁵](kscale:active_parameters)",
        "[5%](kscale:computing_share)", "The document’s machine has a share. It is [5%](kscale:computing_share).",
        "The document’s width is [337,189](kscale:k1s1ai.model.d-model)",
        "[500 TW](kscale:computing_power)", "[9.0 PB](kscale:weights_bytes)", "[27](kscale:d_model_ratio)",
        "[4,493 T](kscale:k1s1ai.model.active-parameters)", "[4,493](kscale:k1s1ai.model.active-parameters)",
        "[5 × 10¹⁴ W](kscale:k1s1ai.premise.compute-power)", "In 2022 there were 12 of them.",
        f"[{COUNT}](kscale:count/TIP-0128) claims", "[4,492.6](kscale:derived/k1s1ai.model.active-parameters)",
        "`4493` in code, $4493$ in math", "4.98 metres, 4.98% and TIP-0498 are no days of payback",
        "```\n4493\n```",
        "[32 B](kscale:access_size)",
        "[4４９３ T](kscale:active_parameters)",
        "> [4,493 T](kscale:active_parameters)\n\n<details>\n\nno number\n\n</details>",
        "[Hoffmann and others, 2022](cite:hoffmann2022)", "[all claims](kscale:page/book/ledger)",
        "![337,189 wide](picture.svg)",
        "```{figure} 337189.svg\n:alt: 337,189\n\nA caption.\n```", "`[text](kscale:name)` is how a link is written",
        "```{code-cell}\n337189\n```", "<a title='337189' href='x'>words</a> <!-- 337,189 -->",
    ],
)  # fmt: skip
def test_what_is_backed_passes(tmp_path, text):
    assert problems(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[4,494 T](kscale:active_parameters)", "is not the model's value, 4492.629"),
        ("[4,493 PB](kscale:active_parameters)", "is in 'PB'"),
        ("[4,493 T](kscale:active_parametres)", "did you mean 'active_parameters'"),
        ("[much](kscale:active_parameters)", "cannot be checked"),
        ("[4,494 T](kscale:k1s1ai.model.active-parameters)", "is not what the document prints"),
        ("[1](kscale:k1s1ai.model.nothing)", "unknown claim"),
        ("[4,493](kscale:derived/k1s1ai.model.active-parameters)", "is not what is derived: 4,492.6"),
        (f"[{COUNT - 1}](kscale:count/TIP-0128)", f"is not the ledger's count, {COUNT}"),
        (f"[{COUNT}](kscale:count/TIP-128)", "did you mean 'TIP-0128'"),
        ("It has 4,493 trillion parameters.", "typed bare"),
        ("It has 337,189 dimensions.", "typed bare, and is the value of d_model"),
        ("The plant pays back in 4.98 days.", "is the value of making_payback"),
        (
            "```{admonition} Solution\n:class: dropdown\nIt has 337,189 dimensions.\n```",
            "typed bare, and is the value of d_model",
        ),
        (":::{margin}\nIt has 337,189 dimensions.\n:::", "typed bare"),
        ("```{figure} x.svg\n:alt: it\n\nIt has 337,189 dimensions.\n```", "typed bare"),
        ("<details>\n<summary>Answer</summary>\n\nIt has 337,189 dimensions.\n\n</details>", "typed bare"),
        ("> It has 337,189 dimensions.", "typed bare"),
        ("[the 337,189 of them](page.md)", "typed bare"),
        ("At T < 500 K it has 337,189 dimensions, at T > 500 K none.", "typed bare"),
        ("３３７,１８９ dimensions", "typed bare"),
        ("It has 3.37189e5 dimensions.", "typed bare"),
        ('<a href="kscale:active_parameters">much</a>', "is no live number: write [text](kscale:name)"),
        ("<kscale:active_parameters>", "is no live number"),
        ("[a][b]\n\n[b]: kscale:active_parameters", "is no live number"),
        ("[33 B](kscale:access_size)", "is not the model's value, 32"),
        ("[much](kscale:derived/tip.number)", "is not what is derived"),
        (
            "The document’s own [5%](kscale:computing_share)",
            "must not move: link its claim, kscale:k1s1ai.premise.compute-",
        ),
        ("**K1S1AI** gives some of it, [5%](kscale:computing_share)", "is the document's own"),
        ("[280 B](kscale:gpt4_active_parameters) are printed", "is the document's own"),
        ("the printed share of [5%](kscale:computing_share)", "is the document's own"),
    ],
)
def test_what_is_not_backed_is_caught(tmp_path, text, told):
    found = problems(tmp_path, text)
    assert len(found) == 1 and told in found[0]


def test_a_notebook_edited_to_a_wrong_number_is_caught(tmp_path):
    page = tmp_path / "chapter.ipynb"
    shutil.copy(ROOT / "notebooks" / "chinchilla_sizing.ipynb", page)
    notebook = json.loads(page.read_text(encoding="utf-8"))
    cell = next(
        c
        for c in notebook["cells"]
        if c["cell_type"] == "markdown" and "](kscale:active_parameters)" in "".join(c["source"])
    )
    cell["source"] = "".join(cell["source"]).replace(
        "[4,493 T](kscale:active_parameters)", "[4,593 T](kscale:active_parameters)"
    )
    page.write_text(json.dumps(notebook), encoding="utf-8")
    assert any("4,593 T" in str(problem) for problem in problems_in(page, MODEL, LEDGER))


def test_a_caption_is_prose(tmp_path):
    page = tmp_path / "chapter.ipynb"
    cell = {
        "cell_type": "code",
        "source": "",
        "metadata": {"mystnb": {"figure": {"caption": "It has 337,189 dimensions."}}},
    }
    page.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    assert [problem.where for problem in problems_in(page, MODEL, LEDGER)] == ["chapter.ipynb, caption of cell 1"]


@pytest.mark.parametrize(
    ("address", "kind", "name"),
    [("d_model", "quantity", "d_model"), ("k1s1ai.model.d-model", "claim", "k1s1ai.model.d-model"),
     ("derived/tip.a", "derived", "tip.a"),
     ("count/K1S1AI/exact", "count", "K1S1AI/exact"), ("page/book/ledger", "page", "book/ledger"),
     ("other/x", "quantity", "other/x")],
)  # fmt: skip
def test_a_target_is_read_in_one_place(address, kind, name):
    assert Target.of(address) == Target(kind, name)


UNITS = {"gigabytes": "GB", "petabytes": "PB", "gigawatts": "GW", "terawatts": "TW", "per cent": "%", "GB": "GB",
         "PB": "PB", "GW": "GW", "TW": "TW"}  # fmt: skip
TO_NINETEEN = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS = {word: number for number, word in enumerate(TO_NINETEEN.split(), 1)}
WORDS |= {word: 10 * number for number, word in enumerate(TENS.split(), 2)}
TYPED = re.compile(rf"\b(\d+\.\d+|\d\d+|(?i:{'|'.join(WORDS)})(?:-\w+)?)( and a half)? ({'|'.join(UNITS)})\b")


def typed_with_a_unit(page, paragraph: str) -> list[str]:
    """Amounts in digits or words that are derived quantities of a page, in a paragraph that does not link these."""
    found = []
    for typed in TYPED.finditer(NOT_PROSE.sub(" ", paragraph)):
        parts = [WORDS.get(part) for part in typed[1].lower().split("-")]
        amount = sum(parts) + bool(typed[2]) / 2 if all(parts) else None if "-" in typed[1] else float(typed[1])
        for name in MODEL if amount and (amount > 10 or typed[2]) else ():
            factor = None if MODEL[name].is_given else factor_of_shown(UNITS[typed[3]], MODEL[name].unit)
            if factor and abs(MODEL.value(name) / factor / amount - 1) < 0.015 and re.search(rf"\b{name}\b", page):
                found += [] if f"kscale:{name})" in paragraph else [f"{typed[0]}: {name}"]
    return found


@pytest.mark.parametrize("page", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda page: page.name)
def test_an_amount_in_words_stands_beside_the_number_that_it_is(page):
    whole, prose = page.read_text(encoding="utf-8"), [CODE.sub(" ", text) for _, text in prose_of(page)]
    paragraphs = [paragraph for text in prose for paragraph in re.split(r"\n\s*\n", text)]
    assert [found for paragraph in paragraphs for found in typed_with_a_unit(whole, paragraph)] == []


def test_an_amount_in_words_is_caught():
    text = "A module takes fifty gigawatts."
    assert typed_with_a_unit("module_computing_power", text) == ["fifty gigawatts: module_computing_power"]
    assert typed_with_a_unit("module_computing_power", f"[50 GW](kscale:module_computing_power): {text}") == []
    assert "kv_cache" in typed_with_a_unit("kv_cache_bytes_per_token", "Four and a half gigabytes.")[0]
