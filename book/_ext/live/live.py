"""Live numbers: the model as JavaScript, printed from the same expressions, and the facts that the cards show."""

from __future__ import annotations

import json
from pathlib import Path

import sympy
from rjsmin import jsmin

from _ext import STATIC
from _ext.live.doubtful import doubt_script
from _ext.live.explorer import BARS
from _ext.live.javascript import javascript_source, written
from _ext.live.shown import WHOLE, ladders, typographic
from _ext.look.mathml import mathml
from kscale_nb import FINDINGS, LEDGER, MODEL, PRESETS, __version__
from kscale_nb.claims import Claim, Verdict
from kscale_nb.doubt.doubts import load_doubts
from kscale_nb.errors import KscaleError
from kscale_nb.printed import ALIKE, BARE_POWER, COUNTING_WORDS, FIGURE, LONGEST, SCALE_WORDS, TIE, WIDE
from kscale_nb.quantity import Quantity
from kscale_nb.sources import short_citation
from kscale_nb.units import COUNTED, parse_unit, unit_factor, unit_text

# Shares of one whole that are premises each.
SHARES = [["K1_power", ["growth_share", "computing_share"], "growth and computing"]]
MODEL_FILE, OWN_FILE, FACTS_FILE = "kscale-model.js", "kscale.js", "kscale-facts.js"
DOUBT_FILE = "kscale-doubt.js"  # comes with the first interval that is shown
# Every page loads the first two, of which the second is these in one, for they are alike and shrink together; the
# facts come when the first card or the panel opens, and with them what finds a quantity by its facts.
PARTS = ("arithmetic", "what-if", "live", "follow", "words", "banner", "drag", "cite", "panel")
SCRIPTS = [MODEL_FILE, OWN_FILE]
# What a reader may type, beside the unit that a quantity is shown in.
TYPED_UNITS = [
    *("W", "kW", "MW", "GW", "TW", "PW", "J", "kJ", "MJ", "GJ", "EJ", "kWh", "TWh", "pJ", "nJ", "EJ/year", "TWh/year"),
    *("s", "ms", "us", "ns", "minute", "hour", "day", "year", "m", "km", "cm", "mm", "um", "nm", "au", "m/s", "km/s"),
    *("초", "분", "시간", "일", "년"),
    *(
        "kg",
        "g",
        "t",
        "K",
        "byte",
        "kB",
        "MB",
        "GB",
        "TB",
        "PB",
        "EB",
        "bit",
        "Gbit",
        "bit/s",
        "Gbit/s",
        "GB/s",
        "TB/s",
    ),
    *("FLOP", "TFLOP", "PFLOP", "FLOP/s", "TFLOP/s", "PFLOP/s", "EFLOP/s", "W/GB", "W/TB", "kW/kg", "W/kg"),
]


CLAIM = "id, was, world, quantity, factor, value, digit, reproduced, worded"


def model_script(model=MODEL, ledger=LEDGER, presets=PRESETS) -> str:
    """The whole model as one script: units, quantities in the order of derivation, claims and presets."""
    quantities = ",\n".join(_quantity(model[name]) for name in model)
    claims = [_claim(ledger, verdict) for verdict in ledger.judge_all().values()]
    named = {
        preset.name: {"title": typographic(preset.title), "changes": {c.quantity: model.checked(c.quantity, c.value)
                                                         for c in preset.changes}}
        for preset in presets.values()
    }  # fmt: skip
    return (
        "// Printed from the book's own expressions when it was built: a quantity's unit and SI value, or what it is.\n"
        '"use strict";\n'
        "let kscaleRounds = true; // slopes leave rounding to whole numbers out of account\n"
        "const whole = x => kscaleRounds ? Math.floor(x + 0.5) : x;\n"
        f"const kscaleModel = {{\nversion: {json.dumps(__version__)},\n"
        f"grammar: {_compact(_grammar())},\nunits: {_compact(_units(model))},\n"
        f"presets: {_compact(named)},\nwholes: {_compact(_wholes(model))},\nquantities: {{\n{quantities}\n}},\n"
        f"claims: {_compact(claims)}.map(([{CLAIM}]) => ({{ {CLAIM} }}))\n}};\n"
    )


def _wholes(model) -> list[list]:
    """What must add up: a whole and its parts, as the explorer's bars show them; and shares, which have a name."""
    wholes = [[bar["whole"], [name for name, *_ in bar["slices"]]] for bar in BARS]
    return [*([whole, parts] for whole, parts in wholes if whole in model),
            *(shares for shares in SHARES if model.quantities.keys() >= set(shares[1]))]  # fmt: skip


def _compact(thing) -> str:
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


def _grammar() -> dict:
    """How a figure is read, as Python reads it: the same pattern, in the spelling of JavaScript."""
    figure, bare_power = (pattern.replace("(?P<", "(?<") for pattern in (FIGURE, BARE_POWER))
    alike = {form: plain for form, plain in ALIKE.items() if not plain or ord(form) - ord(plain) != WIDE}
    return {"figure": figure, "barePower": bare_power, "wide": WIDE, "alike": alike, "scales": SCALE_WORDS,
            "longest": LONGEST, "tie": float(TIE), "whole": WHOLE, "ladders": ladders()}  # fmt: skip


def _quantity(quantity: Quantity) -> str:
    """One line: [unit, sign, value, low, high] of a given, of a range; [unit, sign, function] of others."""
    sign = "+" if quantity.is_positive else "0" if quantity.is_nonnegative else ""
    head = f"{quantity.identifier}: [{json.dumps(quantity.unit)}, {json.dumps(sign)}"
    if quantity.is_given:
        ends = (quantity.low, quantity.high) if quantity.low < quantity.high else ()
        return f"{head}, {', '.join(map(written, (quantity.value, *ends)))}]"
    return f"{head}, v => {javascript_source(quantity.expression)}]"


def _units(model) -> dict[str, list]:
    """Factor to SI, dimension, printed form where it is another, and plural ending of what is shown or may be typed.

    A dimension of several is told by a number, since pages only compare them.
    """
    units, several = {}, {}
    counted = sorted({"%", *COUNTING_WORDS} - {"Kardashev", "SI"})
    for unit in dict.fromkeys([*(quantity.unit for quantity in model.quantities.values()), *counted, *TYPED_UNITS]):
        try:
            factor, dimension = unit_factor(unit), str(parse_unit(unit).dimensionality)
        except KscaleError:
            continue  # a unit that only some models have
        if " " in dimension:
            dimension = several.setdefault(dimension, len(several))
        printed = unit_text(unit)
        ends = ["" if printed == unit else printed, "s"] if unit in COUNTED else [printed] if printed != unit else []
        units[unit] = [_short(factor), dimension, *ends]
    return units


def _claim(ledger, verdict: Verdict) -> list:
    """What the page needs to judge a claim anew on the first axis, as the ledger does, in the order of CLAIM.

    And by which quantities, if any, it is judged on the second.
    """
    claim = verdict.claim
    world = " ".join(sorted(judges_of(ledger, claim))) or 0
    if not claim.quantity or claim.figure is None:
        return [claim.id, verdict.verdict, world]
    numbers = (_short(number) for number in (claim.factor, claim.figure.value, claim.figure.last_digit))
    worded = [1] if claim.means else []
    return [claim.id, verdict.verdict, world, claim.quantity, *numbers, _when_reproduced(ledger, claim), *worded]


def judges_of(ledger, claim: Claim) -> set[str]:
    """The quantities by which the world judges a claim, or the claims of its document that it inherits from."""
    own = {claim.against, claim.budget, claim.least, claim.shortage} - {""}
    if ledger.in_the_world(claim)[2] != "inherited":
        return own
    if (first := ledger.first[claim.id]) is not claim:
        return judges_of(ledger, first)
    behind = set(ledger.model.rests_on(claim.quantity))
    premises = [c for c in ledger if c.document == claim.document and c.rules and c.quantity in behind]
    return {name for premise in premises for name in judges_of(ledger, premise)}


def _short(number) -> float | int:
    """A number that is written without a point where it is small and whole."""
    return int(number) if number == int(number) and abs(number) < 1e6 else float(number)


def _when_reproduced(ledger, claim: Claim) -> str:
    return "assumed" if ledger.model[claim.quantity].is_given else ledger.how_reproduced(claim)[0]


def facts_script(model=MODEL, ledger=LEDGER) -> str:
    """What the cards say: of each quantity its meaning, equation, kind and source; of each claim its statement."""
    claims = {
        verdict.claim.id: {
            "statement": typographic(verdict.claim.statement),
            "note": typographic(verdict.note),
            "printed": verdict.claim.as_printed,
            "document": verdict.claim.document,
            "physics": verdict.physics,
        }
        for verdict in ledger.judge_all().values()
    }
    headlines = headlines_of(model, ledger)
    quantities = {name: _fact(model[name]) | headlines.get(name, {}) for name in model}
    facts = {"quantities": quantities, "claims": claims}
    return f"// What the cards say; read when the first of them opens.\nkscaleLive.facts({_compact(facts)});\n"


def headlines_of(model=MODEL, ledger=LEDGER, findings=FINDINGS) -> dict[str, dict[str, int]]:
    """Of each result in doubt that it is: 2 where a claim or a finding is judged by it, else 1."""
    judging = {name for claim in ledger for name in {claim.quantity, *judges_of(ledger, claim)}}
    symbols = {symbol for finding in findings.values() for part in finding.conditions for symbol in part.free_symbols}
    judging |= {model.names[symbol] for symbol in symbols & model.names.keys()}
    doubts = load_doubts(model)
    return {name: {"doubt": 1 + (name in judging)} for name in model if not model[name].is_given and doubts.of(name)}


def _fact(quantity: Quantity) -> dict:
    record = {"meaning": typographic(quantity.meaning), "symbol": mathml(quantity.symbol)}
    if quantity.is_given:
        return record | {"equation": mathml(quantity.symbol), "kind": quantity.provenance,
                         "source": typographic(short_citation(quantity.source))}  # fmt: skip
    equation = mathml(f"{quantity.symbol} = {sympy.latex(quantity.expression)}", block=True)
    return record | {"equation": equation, "inputs": [other.identifier for other in quantity.inputs]}


def write_scripts(app, exception) -> None:
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static"
    own = {script.stem: script.read_text(encoding="utf-8") for script in STATIC.glob("*.js")}
    made = {MODEL_FILE: model_script(), OWN_FILE: "\n".join(map(own.pop, PARTS))}
    made[FACTS_FILE] = own.pop("finder") + facts_script()
    own["figures"] = f"{own.pop('labels')}\n{own['figures']}"
    made[DOUBT_FILE] = doubt_script() + own.pop("doubt")
    made |= {f"{stem}.js": script for stem, script in own.items()}
    for name, script in made.items():  # what is for its authors alone, such as comments, stays at home
        (folder / name).write_text(jsmin(script), encoding="utf-8")


def setup(app) -> None:
    app.connect("build-finished", write_scripts)
    app.add_css_file("live.css")
    for script in SCRIPTS:
        app.add_js_file(script, loading_method="defer")
