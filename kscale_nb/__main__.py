"""The command line: `python -m kscale_nb ledger | explain | what-if | list | metrics | swarm`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap

from tabulate import tabulate

import kscale_nb
from kscale_nb.claims import DOCUMENTS, PHYSICS, VERDICTS
from kscale_nb.errors import KscaleError, unknown
from kscale_nb.printed import figure_text
from kscale_nb.quantity import KINDS
from kscale_nb.readings import python_source
from kscale_nb.sources import short_citation
from kscale_nb.units import value_text


def ledger(arguments) -> None:
    """Every claim with its verdict."""
    if arguments.verdict is not None and arguments.verdict not in VERDICTS:
        raise unknown("verdict", arguments.verdict, VERDICTS)
    if arguments.physics is not None and arguments.physics not in PHYSICS:
        raise unknown("verdict on the world", arguments.physics, PHYSICS)
    if arguments.document and arguments.document not in DOCUMENTS:
        raise unknown("document", arguments.document, DOCUMENTS)
    prefixes = {".".join(claim.id.split(".")[:depth]) for claim in kscale_nb.LEDGER for depth in (1, 2, 3)}
    if arguments.id and not any(claim.id.startswith(arguments.id) for claim in kscale_nb.LEDGER):
        raise unknown("claim", arguments.id, prefixes)
    chosen = [
        verdict
        for verdict in kscale_nb.LEDGER.judge_all().values()
        if arguments.verdict in (None, verdict.verdict)
        and arguments.physics in (None, verdict.physics)
        and arguments.document in (None, verdict.claim.document)
        and verdict.claim.id.startswith(arguments.id or "")
    ]
    if arguments.format == "json":
        print(json.dumps([verdict.as_record() for verdict in chosen], ensure_ascii=False, indent=2))
        return
    if not chosen:
        print(f"none of the {len(kscale_nb.LEDGER.claims)} claims fits")
        return
    rows = [
        [
            v.claim.id,
            v.claim.statement,
            v.claim.as_printed,
            "" if v.derived is None else figure_text(v.derived, 6),
            v.verdict,
            v.physics,
        ]
        for v in chosen
    ]
    print(tabulate(rows, headers=["id", "claim", "printed", "derived", "verdict", "world"],
                   maxcolwidths=[None, 38, None, None, None, None], disable_numparse=True))  # fmt: skip
    print(f"\n{len(chosen)} of {len(kscale_nb.LEDGER.claims)} claims")


def explain(arguments) -> None:
    """One quantity: what it is, what it comes from, what rests on it."""
    name = arguments.name
    if name in kscale_nb.LEDGER.claims:
        raise KscaleError(f"{name!r} is a claim: see it with ledger --id {name}")
    quantity = kscale_nb.MODEL[name]
    print(f"{name} ({quantity.symbol}): {quantity.meaning}")
    print(f"  value       {value_text(kscale_nb.MODEL.value(name), quantity.unit, 6)}")
    print(f"  unit        {quantity.unit}")
    if quantity.is_given:
        print(f"  given       {quantity.provenance}: {KINDS[quantity.provenance]}")
        print(f"  source      {short_citation(quantity.source)} [{quantity.source}]")
        if quantity.low < quantity.high:
            print(
                f"  range       {value_text(quantity.low, quantity.unit)} to {value_text(quantity.high, quantity.unit)}"
            )
    else:
        print(f"  derivation  {python_source(quantity.expression)}")
        form = textwrap.fill(str(kscale_nb.MODEL.closed_form(name)), 106, break_long_words=False)
        print(f"  closed form {textwrap.indent(form, ' ' * 14).lstrip()}")
        elasticities = kscale_nb.MODEL.elasticities(name)
        rows = [
            [
                given,
                value_text(kscale_nb.MODEL[given].value, kscale_nb.MODEL[given].unit),
                f"{elasticities[given]:+.3g}",
                kscale_nb.MODEL[given].provenance,
                short_citation(kscale_nb.MODEL[given].source),
            ]
            for given in elasticities
        ]
        headers = ["input", "value", "elasticity", "kind", "source"]
        print(
            "\n" + (tabulate(rows, headers, disable_numparse=True) if rows else "it is 0: nothing moves it by a share")
        )
    resting = kscale_nb.LEDGER.resting_on(name)
    print(f"\n{len(resting)} claims rest on it" + (":" if resting else ""))
    for claim in resting:
        print(f"  {claim.id:45} {claim.as_printed}")


def what_if(arguments) -> None:
    """Change inputs, see what moves and which verdicts flip."""
    changes = {}
    if arguments.preset:
        if arguments.preset not in kscale_nb.PRESETS:
            raise unknown("preset", arguments.preset, kscale_nb.PRESETS)
        changes = dict(kscale_nb.PRESETS[arguments.preset].overrides)
    elif not arguments.changes:
        raise KscaleError("what-if needs a change: NAME=VALUE, such as computing_share=10%, or --preset")
    named = set()
    for text in arguments.changes:
        name, equals, value = text.partition("=")
        if not equals or not value.strip():
            raise KscaleError(f"{text!r} is not a change: expected NAME=VALUE, such as computing_share=10%")
        if name.strip() in named:
            raise KscaleError(f"{name.strip()} is changed twice: name it once")
        named.add(name.strip())
        changes[name.strip()] = value.strip()
    before, after = kscale_nb.MODEL.values(), kscale_nb.MODEL.values(**changes)
    if arguments.format == "json":
        print(json.dumps({name: float(after[name]) for name in kscale_nb.MODEL}, indent=2))
        return
    for name, text in changes.items():
        quantity = kscale_nb.MODEL[name]
        kind = "" if quantity.is_given else " (derived: what it rests on stays as it is)"
        print(f"{name} = {value_text(after[name], quantity.unit, 6, trailing_zeros=False)}, read from {text!r}{kind}")
    print()
    moved = [name for name in kscale_nb.MODEL if after[name] != before[name]]
    rows = [
        [
            name,
            value_text(before[name], kscale_nb.MODEL[name].unit),
            value_text(after[name], kscale_nb.MODEL[name].unit),
            f"{after[name] / before[name]:.4g}" if before[name] else "",
        ]
        for name in moved
    ]
    if rows:
        print(tabulate(rows, headers=["quantity", "before", "after", "ratio"], disable_numparse=True))
    old, new = kscale_nb.LEDGER.judge_all(), kscale_nb.LEDGER.judge_all(**changes)
    flips = [
        [i, old[i].claim.as_printed, old[i].verdict, new[i].verdict] for i in old if old[i].verdict != new[i].verdict
    ]
    print(f"\n{len(moved)} of {len(kscale_nb.MODEL)} quantities moved; {len(flips)} of {len(old)} verdicts flip")
    if flips:
        print("\n" + tabulate(flips, headers=["claim", "printed", "was", "becomes"], disable_numparse=True))


def list_quantities(arguments) -> None:
    """Every quantity by name."""
    rows = [
        [
            name,
            value_text(value, kscale_nb.MODEL[name].unit),
            kscale_nb.MODEL[name].provenance or "derived",
            kscale_nb.MODEL[name].meaning,
        ]
        for name, value in (
            (name, kscale_nb.MODEL.value(name)) for name in sorted(kscale_nb.MODEL.quantities, key=str.lower)
        )
    ]
    print(tabulate(rows, headers=["name", "value", "kind", "meaning"], disable_numparse=True))


def metrics(arguments) -> None:
    """Twelve thermodynamic metrics of systems that compute."""
    from kscale_nb.machines.metrics import report  # here, so that a broken chapter is told in a line

    records = report.chosen_systems(arguments.system)
    if arguments.format == "json":
        print(json.dumps([report.as_record(record) for record in records], ensure_ascii=False, indent=2))
    elif len(records) == 1:
        print(report.one_system(records[0]))
    else:
        print(report.all_systems(records))


def swarm(arguments) -> None:
    """Plan a Dyson swarm, and let it run."""
    from kscale_nb.machines.swarm import report

    record = report.run(arguments)
    print(json.dumps(record, indent=2) if arguments.format == "json" else report.text(record))


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str):
        raise KscaleError(message)


def parser() -> argparse.ArgumentParser:
    top = OneLineParser(
        prog="python -m kscale_nb", description="The arithmetic of two speculative engineering documents."
    )
    top.add_argument("--version", action="version", version=kscale_nb.__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = commands.add_parser("ledger", help=ledger.__doc__, description=ledger.__doc__)
    command.add_argument("--format", choices=["table", "json"], default="table")
    command.add_argument("--verdict", help=f"only these: {', '.join(VERDICTS)}")
    command.add_argument("--physics", help=f"only these: {', '.join(PHYSICS)}")
    command.add_argument("--document", help="only K1S1AI, or only TIP-0128")
    command.add_argument("--id", metavar="PREFIX", help="only claims whose id begins so, such as k1s1ai.model")
    command.set_defaults(run=ledger)

    command = commands.add_parser("explain", help=explain.__doc__, description=explain.__doc__)
    command.add_argument("name", metavar="NAME", help="a quantity, such as active_parameters")
    command.set_defaults(run=explain)

    command = commands.add_parser("what-if", help=what_if.__doc__, description=what_if.__doc__)
    command.add_argument(
        "changes", nargs="*", metavar="NAME=VALUE", help="such as computing_share=10%% or K1_power='2e16 W'"
    )
    command.add_argument("--preset", metavar="NAME", help=f"begin with named changes: {', '.join(kscale_nb.PRESETS)}")
    command.add_argument("--format", choices=["table", "json"], default="table")
    command.set_defaults(run=what_if)

    command = commands.add_parser("list", help=list_quantities.__doc__, description=list_quantities.__doc__)
    command.set_defaults(run=list_quantities)

    command = commands.add_parser("metrics", help=metrics.__doc__, description=metrics.__doc__)
    command.add_argument(
        "system",
        nargs="?",
        metavar="SYSTEM|FILE.toml",
        help="one of the book's, such as frontier, or a file",
    )
    command.add_argument("--format", choices=["table", "json"], default="table")
    command.set_defaults(run=metrics)

    command = commands.add_parser("swarm", help=swarm.__doc__, description=swarm.__doc__)
    command.add_argument("--target-power", metavar="POWER", help="what it shall give, such as 1e16 or '10 PW'")
    command.add_argument("--from-power", metavar="POWER", help="what it gives now (default: the world's supply)")
    command.add_argument("--growth", metavar="SHARE", help="of its power (default: all but computing and upkeep)")
    command.add_argument("--days", metavar="DAYS", help="let so many days pass")
    command.add_argument("--lose", metavar="SHARE", help="lose so many modules on the first of them, such as 30%%")
    command.add_argument("--metal", metavar="MASS", help="within reach, such as 1e22 kg (default: 16 Psyche's)")
    command.add_argument("--modules", metavar="NUMBER", help="computing nodes (default: the document's size)")
    command.add_argument("--lots", metavar="NUMBER", help="lots of mirrors (default: ten gigawatts each)")
    command.add_argument("--seed", metavar="NUMBER", default="0", help="of chance (default: 0)")
    command.add_argument("--save", metavar="FILE", help="write the run, to go on from")
    command.add_argument("--resume", metavar="FILE", help="go on from a run")
    command.add_argument("--format", choices=["table", "json"], default="table")
    command.set_defaults(run=swarm)
    return top


def main(words: list[str] | None = None) -> int:
    """Run one command; 2 is the exit code of bad input, told in one line."""
    for stream in (sys.stdout, sys.stderr):  # a terminal without Unicode gets question marks
        stream.reconfigure(errors="replace")
    try:
        arguments = parser().parse_args(words)
        arguments.run(arguments)
        sys.stdout.flush()
    except KscaleError as error:
        print(f"kscale_nb: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader's pager or head has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
