"""What the book's tools print for the pages: expressions as JavaScript, and how a figure is shown."""

import re

import pytest
import sympy
from conftest import ROOT
from rjsmin import jsmin

from _ext.live.javascript import javascript_source
from _ext.live.shown import how_shown
from kscale_nb import MODEL, KscaleError


def test_what_cannot_be_printed_is_refused():
    x = MODEL["K1_power"]
    with pytest.raises(KscaleError, match="erf has no JavaScript"):
        javascript_source(sympy.erf(x))
    with pytest.raises(KscaleError, match="Piecewise has no JavaScript"):
        javascript_source(sympy.Piecewise((x, x > 1), (0, True)))


def test_the_logarithm_of_one_and_an_exponential_is_as_exact_as_pythons():
    assert javascript_source(sympy.log(1 + sympy.exp(sympy.Symbol("x")))) == "Math.log1p(Math.exp(v.x))"
    assert javascript_source(sympy.log(2 + sympy.Symbol("x"))) == "Math.log(v.x + 2)"


@pytest.mark.parametrize("script", sorted((ROOT / "book" / "_ext" / "static").glob("*.js")), ids=lambda file: file.stem)
def test_a_script_without_its_comments_keeps_every_space_of_its_texts(script):
    texts = re.compile(r"`[^`]*`")  # one within another loses the spaces between them, so none is there
    whole = re.sub(r"(^|\s)//[^\n]*", "", script.read_text(encoding="utf-8"))
    assert texts.findall(jsmin(whole)) == texts.findall(whole)


def test_a_quantity_is_printed_under_the_name_that_a_model_gives_it():
    power = MODEL["K1_power"]
    assert javascript_source(power * 2, {power: "share"}) == "2*v.share"
    assert javascript_source(power * 2) == "2*v.K1_power"


def test_how_a_figure_is_shown():
    assert how_shown("2 thousand") == (1, 1, " thousand") and how_shown("3.0 T W") == (2, 10**12, " T W")
    assert how_shown("128K tokens") == (3, 1000, "K tokens") and how_shown("-0.0130") == (3, 1, "")
