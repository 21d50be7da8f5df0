"""Numbers in prose: every page is backed by the model, and a wrong page is caught."""

import json
import shutil

import pytest
from conftest import ROOT

from kscale_nb import LEDGER, MODEL
from kscale_nb.prose import problems_in

COUNT = LEDGER.count("TIP-0128")
PAGES = sorted([*(ROOT / "book").glob("*.md"), *(ROOT / "notebooks").glob("*.ipynb"), ROOT / "README.md"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_number_in_prose_is_the_models(page):
    found = "\n".join(map(str, problems_in(page, MODEL, LEDGER)))
    assert found == "", found


def problems(tmp_path, text: str) -> list[str]:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    return [str(problem) for problem in problems_in(page, MODEL, LEDGER)]


@pytest.mark.parametrize(
    "text",
    [
        "[4,493 T](kscale:active_parameters)", "[4.4926 × 10¹⁵](kscale:active_parameters)",
        "[5%](kscale:computing_share)",
        "[500 TW](kscale:computing_power)", "[9.0 PB](kscale:weights_bytes)", "[27](kscale:d_model_ratio)",
        "[4,493 T](kscale:k1s1ai.model.active-parameters)", "[4,493](kscale:k1s1ai.model.active-parameters)",
        "[5 × 10¹⁴ W](kscale:k1s1ai.premise.compute-power)", "In 2022 there were 12 of them.",
        f"[{COUNT}](kscale:count/TIP-0128) claims", "[4,492.6](kscale:derived/k1s1ai.model.active-parameters)",
        "`4493` in code, $4493$ in math", "4.98 metres, 4.98% and TIP-0498 are no days of payback",
        "```\n4493\n```",
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
        ("The plant pays back in 4.98 days.", "is the value of plant_payback"),
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
