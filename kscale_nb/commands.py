"""The command line: `python -m kscale_nb ledger | explain | what-if | list | metrics | swarm | acceptance | ...`."""

from __future__ import annotations

import argparse
import codecs
import io
import json
import os
import re
import sys
import textwrap

from tabulate import tabulate

import kscale_nb
from kscale_nb.claims import PHYSICS, VERDICTS
from kscale_nb.errors import KscaleError, check_known, echoed, printable, unknown
from kscale_nb.printed import SUPERSCRIPTS, figure_text
from kscale_nb.quantity import KINDS
from kscale_nb.readings import python_source
from kscale_nb.sources import short_citation
from kscale_nb.units import value_text
from kscale_nb.words import OneLineParser, added, amount, change, file_name, one_of, typed, whole_number

EPOCH = "SOURCE_DATE_EPOCH"
NOT_ACCEPTED = 1  # exit code of a test plan in which a criterion fails


def ledger(arguments) -> None:
    """Every claim with its verdict."""
    if arguments.document is not None:
        check_known("document", arguments.document, {claim.document for claim in kscale_nb.LEDGER})
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
    _tell_doubt(name)
    resting = kscale_nb.LEDGER.resting_on(name)
    print(f"\n{len(resting)} claims rest on it" + (":" if resting else ""))
    for claim in resting:
        print(f"  {claim.id:45} {claim.as_printed}")


def _tell_doubt(name: str) -> None:
    """How an input is drawn; of a result what 10,000 draws say of it, and which inputs drive it."""
    from kscale_nb.doubt import doubts, sampling, sensitivity  # here, so that a broken chapter is told in a line

    model = kscale_nb.MODEL
    found, unit = doubts.load_doubts(model), model[name].unit
    if model[name].is_given:
        print(f"  drawn       {found.told(name)}")
    elif not found.of(name):
        print("\nnothing that it rests on is uncertain: it is as certain as the premises")
    else:
        low, high = (value_text(end, unit, 2) for end in sampling.Sample(model, 10_000, targets=[name]).interval(name))
        causes = [*sensitivity.sobol(model, name, blocks=1, doubts=found).items()][:6]
        rows = [
            [cause, f"{max(alone, 0):.0%}", f"{all_in:.0%}"] for cause, (alone, all_in) in causes if all_in >= 0.005
        ]
        print(f"\nin four draws of five it is {low} to {high}; of its variance\n")
        print(tabulate(rows, ["input", "has alone", "has a hand in"], disable_numparse=True))


def what_if(arguments) -> None:
    """Change inputs, see what moves, which verdicts flip and which findings fail."""
    changes = dict(arguments.changes)
    if not changes and arguments.preset is None:
        raise KscaleError("what-if needs a change: NAME=VALUE, such as computing_share=10%, or --preset")
    names = [name for name, _ in arguments.changes]
    if twice := [name for name in changes if names.count(name) > 1]:
        raise KscaleError(f"{twice[0]!r} is changed twice: name it once")
    if arguments.preset is not None:
        changes = kscale_nb.PRESETS[arguments.preset].overrides | changes
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
    failing = kscale_nb.FINDINGS.failing(**changes)
    print(f"\n{len(failing)} of {len(kscale_nb.FINDINGS)} findings no longer hold")
    if failing:
        rows = [[name, told] for name, told in failing.items()]
        print("\n" + tabulate(rows, ["finding", "what is so instead"], maxcolwidths=[None, 76], disable_numparse=True))


def list_quantities(arguments) -> None:
    """Every quantity by name."""
    rows = [
        [name, value_text(value, quantity.unit), quantity.provenance or "derived", quantity.meaning]
        for name, value in sorted(kscale_nb.MODEL.values().items(), key=lambda item: item[0].lower())
        if (quantity := kscale_nb.MODEL[name])
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


def backtest(arguments) -> None:
    """The book's expressions on systems that exist: predicted, published, ratio."""
    from kscale_nb.machines import backtest  # here, so that a broken chapter is told in a line

    print(backtest.report(backtest.chosen(arguments.source)))


def odds(arguments) -> None:
    """How likely each printed figure is right, a verdict on the world falls, and a finding holds."""
    from kscale_nb.doubt import cluster, odds  # here, so that a broken chapter is told in a line

    how = [
        arguments.claim or "",
        None if arguments.sums else "measured",
        odds.DRAWS if arguments.draws is None else arguments.draws,
    ]
    if arguments.cluster is None:
        print(odds.report(*how))
    else:
        with cluster.connected(arguments.cluster) as client:
            print(odds.report(*how, client=client, tell=cluster.bar))


def scaling(arguments) -> None:
    """A law of loss fitted to training runs of your own: parameters, tokens and loss in CSV."""
    from kscale_nb.doubt import scaling  # here, so that a broken chapter is told in a line

    law = scaling.fit_scaling_law(arguments.file, arguments.draws, arguments.seed)
    if arguments.format == "json":
        print(json.dumps(scaling.as_record(law, arguments.compute), indent=2))
    else:
        print(scaling.report(law, arguments.compute))


def swarm(arguments) -> None:
    """Plan a Dyson swarm, and let it run."""
    from kscale_nb.machines.swarm import report

    record = report.run(arguments)
    print(json.dumps(record, indent=2) if arguments.format == "json" else report.text(record))
    if stopped := record.get("run", {}).get("stopped"):
        raise KscaleError(f"{stopped}; the run ends the day before" + (", and is saved" if arguments.save else ""))


def mind(arguments) -> None:
    """A mind with files: notes of a folder, a thinker, and a task."""
    from kscale_nb.machines.mind import loop, memory, thinkers

    if arguments.task is None and not (arguments.resume or arguments.judge):
        raise KscaleError("a task is expected, or --resume, or --judge")
    notes = memory.Memory(arguments.folder)
    if arguments.judge:
        loop.judge(notes, arguments.judge)
    if arguments.task is None and not arguments.resume:
        return
    print(loop.run(
        notes, arguments.task, thinkers.thinker_of(arguments.thinker, arguments.context),
        resume=arguments.resume, scripts=arguments.scripts, tell=lambda line: print(printable(line), file=sys.stderr),
    ))  # fmt: skip


def acceptance(arguments) -> int:
    """Carry out the second document's test plan on both machines."""
    from kscale_nb.machines.acceptance import report  # here, so that a broken chapter is told in a line

    criteria = report.run(arguments.part, arguments.seed)
    if arguments.format == "json":
        print(json.dumps([one.as_record() for one in criteria], ensure_ascii=False, indent=2))
    else:
        print(report.text(criteria))
    return 0 if all(one.passed for one in criteria) else NOT_ACCEPTED


def parser() -> argparse.ArgumentParser:
    from kscale_nb.machines.swarm.parameters import MOST, MOST_DAYS  # here, so that a broken chapter is told in a line

    top = OneLineParser(
        prog="python -m kscale_nb", description="The arithmetic of two speculative engineering documents."
    )
    top.add_argument("--version", action="version", version=kscale_nb.__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = added(commands, ledger, tabular=True)
    for name, what, known in (("--verdict", "verdict", VERDICTS), ("--physics", "verdict on the world", PHYSICS)):
        command.add_argument(name, type=one_of(what, known), help=f"only these: {', '.join(known)}")
    command.add_argument("--document", help="only those of one document, such as K1S1AI")
    command.add_argument("--id", metavar="PREFIX", help="only claims whose id begins so, such as k1s1ai.model")

    command = added(commands, explain)
    command.add_argument("name", metavar="NAME", help="a quantity, such as active_parameters")

    command = added(commands, what_if, name="what-if", tabular=True)
    command.add_argument("changes", nargs="*", metavar="NAME=VALUE", type=change,
                         help="such as computing_share=10%% or K1_power='2e16 W'")  # fmt: skip
    command.add_argument("--preset", metavar="NAME", type=one_of("preset", kscale_nb.PRESETS),
                         help=f"begin with named changes: {', '.join(kscale_nb.PRESETS)}")  # fmt: skip

    added(commands, list_quantities, name="list")

    command = added(commands, metrics, tabular=True)
    where = "one of the book's, such as frontier, or a file"
    command.add_argument("system", nargs="?", metavar="SYSTEM|FILE.toml", help=where)

    command = added(commands, backtest)
    command.add_argument("source", nargs="?", metavar="SOURCE", help="a source's key or one figure's id: only these")

    command = added(commands, odds)
    command.add_argument("claim", nargs="?", metavar="CLAIM", help="only claims whose id begins so")
    command.add_argument("--sums", action="store_true", help="leave out how far predictions of the book have been off")
    command.add_argument("--draws", metavar="NUMBER", type=whole_number(10**12, 1), help="how many (default: 100,000)")
    command.add_argument(
        "--cluster", metavar="ADDRESS", help="draw on the workers of a dask scheduler, tcp://HOST:8786"
    )

    command = added(commands, scaling, tabular=True)
    command.add_argument("file", metavar="FILE.csv", type=file_name, help="a row for each run, under a header")
    command.add_argument("--compute", metavar="WORK", type=amount("the work", "FLOP"), default=1e24,
                         help="to spend best, such as 1e24 (the default) or '3 ZFLOP'")  # fmt: skip
    command.add_argument("--draws", metavar="NUMBER", type=whole_number(100_000, 2), default=400,
                         help="bootstrap fits (default: 400)")  # fmt: skip
    command.add_argument(
        "--seed", metavar="NUMBER", type=whole_number(10**18), default=0, help="of chance (default: 0)"
    )

    command = added(commands, swarm, tabular=True)
    nodes, lots = whole_number(MOST["modules"]), whole_number(MOST["lots"])
    power, share, mass = amount("a power", "W"), amount("a share", "1"), amount("a mass", "kg")
    for name, kind, metavar, about in (
        ("--target-power", power, "POWER", "what it shall give, such as 1e16 or '10 PW'"),
        ("--from-power", power, "POWER", "what it gives now (default: the world's supply)"),
        ("--growth", share, "SHARE", "of its power (default: all but computing and upkeep)"),
        ("--days", whole_number(MOST_DAYS), "DAYS", "let so many days pass"),
        ("--lose", share, "SHARE", "lose so many modules on the first of them, such as 30%%"),
        ("--metal", mass, "MASS", "within reach, such as 1e22 kg (default: 16 Psyche's)"),
        ("--modules", nodes, "NUMBER", "computing nodes (default: of the document's size, up to 100,000)"),
        ("--lots", lots, "NUMBER", "mirrors (default: in lots of ten gigawatts, up to 1,000,000)"),
        ("--seed", whole_number(10**18), "NUMBER", "of chance (default: 0)"),
    ):
        command.add_argument(name, metavar=metavar, type=kind, help=about)
    command.add_argument("--save", metavar="FILE", type=file_name,
                         help="write the run, to go on from; only a run is overwritten")  # fmt: skip
    command.add_argument("--resume", metavar="FILE", type=file_name, help="go on from a run")

    command = added(commands, mind)
    command.add_argument("folder", metavar="FOLDER", type=file_name, help="of Markdown notes, its memory")
    command.add_argument("task", metavar="TASK", nargs="?", help="a question, or what the stepper shall do")
    command.add_argument("--thinker", metavar="NAME", default="smollm", help="smollm, stepper or endpoint")
    command.add_argument("--context", metavar="TOKENS", type=whole_number(8_192),
                         help="room for memories (default: the thinker's own)")  # fmt: skip
    command.add_argument("--judge", metavar="VERDICT", type=one_of("verdict", ("right", "wrong")),
                         help="first write down what a checker says of the last answer: right or wrong")  # fmt: skip
    command.add_argument("--resume", action="store_true", help="go on with the journal's last task")
    command.add_argument("--scripts", action="store_true", help="let it run scripts, in bubblewrap")

    command = added(
        commands, acceptance, tabular=True, more=f" The exit code is {NOT_ACCEPTED} where a criterion fails."
    )
    command.add_argument("part", nargs="?", metavar="PART", type=one_of("part", ("computer", "swarm", "security")),
                         help="only one of computer, swarm, security")  # fmt: skip
    command.add_argument(
        "--seed", metavar="NUMBER", type=whole_number(10**18), default=0, help="of chance (default: 0)"
    )
    return top


def main(words: list[str] | None = None) -> int:
    """Run one command; 1 is the exit code of a plan that failed, 2 of what is wrong, told in a line, 130 of Ctrl-C."""
    codecs.register_error("typed", typed)
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):  # a notebook's or a caller's own: it holds any text
            continue
        try:
            "".join(map(chr, SUPERSCRIPTS)).encode(stream.encoding)
            stream.reconfigure(errors="replace")
        except UnicodeEncodeError:
            stream.reconfigure(encoding="ascii", errors="typed")
    try:
        if sys.stdout is None:
            raise KscaleError("there is no standard output to write to")
        if not re.fullmatch(r"\d{1,11}", epoch := os.environ.get(EPOCH, "0"), re.ASCII):  # numpy reads it
            raise KscaleError(f"{EPOCH}: a whole number of seconds since 1970 is expected, not {echoed(epoch)}")
        arguments = parser().parse_args(words)
        code = arguments.run(arguments) or 0
        sys.stdout.flush()
        return code
    except KscaleError as error:
        told, code = error, 2
    except MemoryError:
        told, code = "this needs more memory than there is", 2
    except KeyboardInterrupt:
        told, code = "interrupted", 130
    except OSError as error:  # of the output: files that are read or written tell their own
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would try again on its way out
        if isinstance(error, BrokenPipeError):  # the reader's pager or head has seen enough
            return 0
        told, code = f"the output cannot be written: {error.strerror}", 2
    if sys.stderr is not None:
        print(f"kscale_nb: {told}", file=sys.stderr)
    return code
