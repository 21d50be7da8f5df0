"""Mathematics as MathML, made while the book is built: a page needs no script to show a formula."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from kscale_nb.errors import KscaleError
from kscale_nb.units import parse_unit

LOGGER = logging.getLogger(__name__)
CONVERTER = LatexToMathML(annotation=True, fancy_error=False)
NAMESPACE = "http://www.w3.org/1998/Math/MathML"

# The pages' Content Security Policy refuses style attributes: math.css gives these classes the same declarations.
CLASS_OF_STYLE = {
    "text-align: right;justify-items: end;padding-right: 0;": "kscale-right",
    "text-align: left;justify-items: start;padding-left: 0;": "kscale-left",
    "text-align: left;justify-items: start;padding-right: 0;": "kscale-case",
    "text-align: left;justify-items: start;padding-right: 0;padding-left:1em;": "kscale-condition",
    "padding-right:0.1667em;": "kscale-thin",
}
FENCES = ({"(", "[", "{", "|"}, {")", "]", "}", "|"})
COMMENT = re.compile(r"(?<!\\)%[^\n]*\n")
TALL = {"mfrac", "msqrt", "mroot", "mtable", "munder", "munderover"}
PRIMES = "′″‴⁗"
APPLICATION = "\u2061"
WIDE_BAR, BAR = "¯", "‾"


@cache
def mathml(latex: str, block: bool = False) -> str:
    r"""The MathML of a formula, well-formed as XML too, with its LaTeX as annotation. Raises KscaleError.

    >>> mathml(r"\frac{a}{2}").split("<semantics>")[1].split("<annotation")[0]
    '<mfrac><mi>a</mi><mn>2</mn></mfrac>'
    >>> mathml(r"\fraction{a}{2}")
    Traceback (most recent call last):
    kscale_nb.errors.KscaleError: no formula that can be set: \fraction{a}{2} (Unknown command "\fraction")
    """
    latex = COMMENT.sub("", latex)
    source = rf"\begin{{aligned}}{latex}\end{{aligned}}" if r"\\" in latex and r"\begin" not in latex else latex
    try:
        converted = CONVERTER.convert_with_local_state(source, displaystyle=block)
    except LatexError as error:
        raise _wrong(latex, str(error).partition(": ")[2].rstrip(".")) from None
    tree = ElementTree.fromstring(converted.replace("&ApplyFunction;", APPLICATION))
    for element in tree.iter():
        if style := element.attrib.pop("style", None):
            if style not in CLASS_OF_STYLE:
                raise _wrong(latex, f"it needs the style {style!r}, which math.css does not know")
            element.set("class", CLASS_OF_STYLE[style])
        _keep_to_older_mathml(element)
        _keep_flat_fences_small(element)
        _refine_operator(element)
    for element in tree.iter():
        _part_from_function(element)
    tree.set("xmlns", NAMESPACE)
    return ElementTree.tostring(tree, encoding="unicode")


def _wrong(latex: str, why: str) -> KscaleError:
    return KscaleError(f"no formula that can be set: {latex} ({why})")


def _keep_to_older_mathml(element: ElementTree.Element) -> None:
    """MathML Core lets every element set its style; validators and EPUB, which know MathML 3, let only some."""
    if element.tag == "mrow" and "displaystyle" in element.attrib:
        element.tag = "mstyle"
    elif element.tag == "mtable":
        element.attrib.pop("scriptlevel", None)


def _is_fenced(element: ElementTree.Element) -> bool:
    if element.tag != "mrow" or len(element) < 2:
        return False
    ends = element[0], element[-1]
    return all(end.tag == "mo" and end.text in fences for end, fences in zip(ends, FENCES, strict=True))


def _keep_flat_fences_small(element: ElementTree.Element) -> None:
    """As TeX does: parentheses grow around fractions and roots, not around a number and its unit."""
    if _is_fenced(element) and not any(inner.tag in TALL for inner in element.iter()):
        for end in (element[0], element[-1]):
            end.set("stretchy", "false")


def _part_from_function(element: ElementTree.Element) -> None:
    """A thin space after the name of a function, unless small parentheses part it from its argument."""
    for operator, argument in pairwise(element):
        small_fence = _is_fenced(argument) and argument[0].get("stretchy") == "false"
        if operator.text == APPLICATION and not small_fence:
            operator.set("lspace", "0.1667em")


def _refine_operator(element: ElementTree.Element) -> None:
    """A prime is drawn for the line, and shrinks as a superscript; a macron is wider than a letter."""
    if element.tag != "mo" or not element.text:
        return
    if not element.text.strip(PRIMES):
        element.set("class", "kscale-prime")
    elif element.text == WIDE_BAR and element.get("stretchy") == "false":
        element.text = BAR


def _converted(node: nodes.Element, block: bool) -> str:
    try:
        return mathml(node.astext(), block)
    except KscaleError as error:
        LOGGER.warning("%s", error, location=node)
        return ""


def visit_inline(translator, node: nodes.math) -> None:
    translator.body.append(f"{translator.starttag(node, 'span', '', CLASS='math notranslate')}")
    translator.body.append(f"{_converted(node, block=False)}</span>")
    raise nodes.SkipNode


def visit_block(translator, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(f"{_converted(node, block=True)}</div>\n")
    raise nodes.SkipNode


class GluePunctuation(SphinxPostTransform):
    """Keeps a formula on one line with the comma or the unit behind it, or the parenthesis before it.

    A browser would part them.
    """

    default_priority = 410

    def run(self, **_options) -> None:
        for formula in list(self.document.findall(nodes.math)):
            siblings, place = formula.parent.children, formula.parent.index(formula)
            glued = nodes.inline(classes=["kscale-glued"])
            if place > 0 and isinstance(before := siblings[place - 1], nodes.Text):
                text, mark = re.fullmatch(r"(.*?)([^\w\s]*)", before, flags=re.DOTALL).groups()
                if mark:
                    siblings[place - 1] = nodes.Text(text)
                    glued += nodes.Text(mark)
            glued += formula.deepcopy()
            if place + 1 < len(siblings) and isinstance(after := siblings[place + 1], nodes.Text):
                unit = _unit_behind(formula, after)
                mark, text = re.fullmatch(rf"({unit}[^\w\s]*)(.*)", after, flags=re.DOTALL).groups()
                if mark:
                    siblings[place + 1] = nodes.Text(text)
                    glued += nodes.Text(mark)
            if len(glued) > 1:
                formula.parent.replace(formula, glued)


def _unit_behind(formula: nodes.math, after: str) -> str:
    """The space and the unit that stand behind a number set as a formula, as a pattern; nothing if there is no unit."""
    word = re.match(r"[ \u00a0]([A-Za-z/]+)", after)
    if word is None or not re.fullmatch(r"(?:\\times|\\,|[\d\s.,^{}+-])+", formula.astext()):
        return ""
    try:
        parse_unit(word[1])
    except KscaleError:
        return ""
    return re.escape(word[0])


def setup(app) -> None:
    app.add_post_transform(GluePunctuation)
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
