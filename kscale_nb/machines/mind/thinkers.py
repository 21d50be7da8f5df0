"""Three that think: SmolLM2 as a reader of notes, the small machine-maker's model, and any OpenAI-compatible endpoint.

The division of labour is not hidden. Of the reader, the loop's side searches, checks that a note names what is asked
for, and refuses where none does; the model reads one note and answers. Of the machine-maker, code carries the tape to
and from its note, and the model tells every step.
"""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, replace

from kscale_nb.errors import KscaleError, unknown
from kscale_nb.machines.mind import smollm, stepper, turing
from kscale_nb.machines.mind.loop import ANSWER, Situation, Thinker
from kscale_nb.machines.mind.memory import words
from kscale_nb.machines.mind.tools import ARGUMENTS, Action

EXAMPLES = (
    "Note: The lighthouse at Orford was built by Daniel Alexander in 1792.\n"
    "Question: Who built the lighthouse at Orford?\nAnswer: Daniel Alexander\n\n"
    "Note: The engine Bess burns four tons of coal a day.\n"
    "Question: How much coal does the engine Bess burn?\nAnswer: four tons a day\n\n"
)
LONGEST_ANSWER = 24  # tokens


def said(text: str) -> Action:
    return Action(ANSWER, {"text": text})


def names(task: str) -> list[str]:
    """What a note must name to answer a task: its capitalised words and numbers after the first word, or all its words.

    >>> names("Who is the foreman of the Aldgate works?"), names("Where is the spare key?")
    (['Aldgate'], ['spare', 'key'])
    """
    first = re.match(r"\W*(\w+)", task)
    own = [w for w in words(task[first.end() if first else 0 :]) if w[0].isupper() or w[0].isdigit()]
    return own or words(task)


def named_in(text: str, wanted: list[str]) -> bool:
    there = {word.casefold() for word in re.findall(r"\w+", text)}
    return all(word.casefold() in there for word in wanted)


@dataclass
class Reader:
    """SmolLM2: it reads the best note that names what is asked for, and no note whose answer was judged wrong."""

    name: str = "smollm"
    context: int = 1_024

    def count(self, text: str) -> int:
        return len(smollm.tokenizer().encode(text))

    def next(self, situation: Situation) -> Action:
        if not situation.done:
            return Action("search", {"words": situation.task})
        read = [done for done in situation.done if done.action.tool == "read"]
        wrong = {
            done.action.arguments["path"]
            for attempt in situation.earlier
            if attempt.verdict == "wrong"
            for done in attempt.done[-1:]
            if done.action.tool == "read"
        }
        wanted = names(situation.task)
        if read and not read[-1].refused and named_in(read[-1].result, wanted):
            return said(self.read(read[-1].result, situation.task))
        tried = wrong | {done.action.arguments["path"] for done in read}
        left = [path for path in situation.done[0].result.splitlines() if path not in tried]
        return Action("read", {"path": left[0]}) if left else said(f"No note names {' and '.join(wanted)}.")

    def prompt(self, note: str, question: str) -> list[int]:
        """Two examples, a note as far as the context holds it, and a question."""
        words = smollm.tokenizer()
        asked = words.encode(f"\nQuestion: {question}\nAnswer:")
        note = words.decode(words.encode(" ".join(note.split()))[: self.context])
        return [*words.encode(f"{EXAMPLES}Note: {note}"), *asked]

    def read(self, note: str, question: str) -> str:
        """The model's own part: the words that follow a note and a question, to the end of the line."""
        return smollm.answer(self.prompt(note, question), LONGEST_ANSWER, line=True)


@dataclass
class MachineMaker:
    """The small model: `add A B`, `sort DIGITS` or `beaver STEPS`, its tape kept in a note between its thoughts."""

    name: str = "stepper"
    context: int = 0
    stride: int = 1_000  # steps between two savings
    note: str = "tape.md"

    def count(self, text: str) -> int:
        return 1

    def next(self, situation: Situation) -> Action:
        if not situation.done:
            return Action(
                "write", {"path": self.note, "text": tape_text(machine_of(situation.task), self.left(situation))}
            )
        last = situation.done[-1]
        if last.refused:
            return said(f"The tape was lost: {last.result}")
        if last.action.tool == "write":
            return Action("read", {"path": self.note})
        machine, steps = tape_run(last.result)
        if machine.state == turing.HALT or not steps:
            return said(told_of(machine))
        before = machine.steps
        machine.go(stepper.by_model, min(self.stride, steps))
        return Action("write", {"path": self.note, "text": tape_text(machine, steps - (machine.steps - before))})

    def left(self, situation: Situation) -> int:
        verb, *rest = situation.task.split()
        return int(rest[0]) if verb == "beaver" else 10**9


def machine_of(task: str) -> turing.Run:
    """The machine that a task asks for. Raises KscaleError for what is none."""
    match task.split():
        case ["add", a, b] if (a + b).isascii() and (a + b).isdecimal():
            return turing.addition_of(a, b)
        case ["sort", digits]:
            return turing.sorting_of(digits)
        case ["beaver", steps] if steps.isascii() and steps.isdecimal() and len(steps) < 9:
            return turing.Run("beaver")
    raise KscaleError(f"add A B, sort DIGITS or beaver STEPS is expected, not {task!r}")


def told_of(machine: turing.Run) -> str:
    written = machine.written()
    if machine.machine == "beaver":
        return f"{written.count('1')} ones after {machine.steps} steps, state {machine.state}"
    return written.lstrip("0") or "0" if machine.machine == "addition" else written


def tape_text(machine: turing.Run, left: int) -> str:
    """A machine and its tape as a note: a line of what it is, then its cells from the first to the last."""
    first = min(machine.tape, default=0)
    cells = " ".join(machine.tape.get(place, turing.BLANK) for place in range(first, max(machine.tape, default=0) + 1))
    head = f"{machine.machine} {machine.state} {machine.place} {machine.steps} {left} {first}"
    return f"# Tape\n\nmachine, state, place, steps, steps left, first cell: {head}\n\n{cells}\n"


def tape_run(text: str) -> tuple[turing.Run, int]:
    """The machine of a note, with the steps that it has left. Raises KscaleError for a note that holds none."""
    try:
        _, _, head, _, cells = text.splitlines()
        name, state, place, steps, left, first = head.rpartition(": ")[2].split()
        tape = {int(first) + number: cell for number, cell in enumerate(cells.split())}
        return turing.Run(name, tape, int(place), state, int(steps)), int(left)
    except ValueError:
        raise KscaleError("the note holds no tape") from None


ADDRESS, KEY, MODEL = "KSCALE_MIND_ADDRESS", "KSCALE_MIND_KEY", "KSCALE_MIND_MODEL"
RULES = (
    "You have a folder of notes. Answer with one JSON object and nothing else: "
    '{"tool": "answer", "arguments": {"text": ...}} or a tool with its arguments: '
    + ", ".join(f"{tool} ({', '.join(sorted(names))})" for tool, names in ARGUMENTS.items())
    + ". Notes end in .md; scripts that run end in .py."
)


@dataclass
class Endpoint:
    """Any endpoint that speaks as OpenAI's chat completions do; what is sent and the key stand in no message or log."""

    name: str = "endpoint"
    context: int = 4_096
    seconds: float = 120

    def count(self, text: str) -> int:
        return len(text.encode()) // 4 + 1

    def next(self, situation: Situation) -> Action:
        notes = "\n\n".join(f"## {name}\n{text}" for name, text in situation.memories)
        told = [{"role": "system", "content": RULES}, {"role": "user", "content": f"{notes}\n\nTask: {situation.task}"}]
        for attempt in situation.earlier:
            told.append({"role": "user", "content": f"Before, you answered {attempt.answer!r}: {attempt.verdict}."})
        for done in situation.done:
            act = {"tool": done.action.tool, "arguments": done.action.arguments}
            told += [{"role": "assistant", "content": json.dumps(act)}, {"role": "user", "content": done.result}]
        return self.understood(self.asked(told))

    def asked(self, told: list[dict]) -> str:
        address = os.environ.get(ADDRESS, "")
        if not re.match(r"https?://", address):
            raise KscaleError(f"{ADDRESS}: the address of an endpoint is expected, such as http://127.0.0.1:8080/v1")
        body = {"model": os.environ.get(MODEL, "default"), "temperature": 0, "messages": told}
        heads = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY):
            heads["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(
            f"{address.rstrip('/')}/chat/completions", json.dumps(body).encode(), heads, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as answer:
                return json.loads(answer.read(10_000_000))["choices"][0]["message"]["content"]
        except urllib.error.HTTPError as error:
            error.close()
            raise KscaleError(f"the endpoint answers with code {error.code}") from None
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise KscaleError(f"the endpoint gives no answer that can be read: {type(error).__name__}") from None

    def understood(self, text: str) -> Action:
        """An act as JSON; any other words are the answer."""
        try:
            told = json.loads(text)
            action = Action(told["tool"], dict(told["arguments"]))
            if not isinstance(action.tool, str) or (
                action.tool == ANSWER and not isinstance(action.arguments["text"], str)
            ):
                raise TypeError
            return action
        except (ValueError, LookupError, TypeError):
            return said(str(text).strip())


THINKERS: dict[str, type[Thinker]] = {"smollm": Reader, "stepper": MachineMaker, "endpoint": Endpoint}


def thinker_of(name: str, context: int | None = None) -> Thinker:
    """The thinker of a name, ready, with so much room for memories [token], or its own.

    Raises KscaleError for an unknown one, for room that the stepper has no use for, and where SmolLM2 is not installed.
    """
    if name not in THINKERS:
        raise unknown("thinker", name, THINKERS)
    if name == "smollm":
        smollm.weights_path()
    thinker = THINKERS[name]()
    if context is None:
        return thinker
    if not thinker.context:
        raise KscaleError(f"{name} reads no memories: no context is expected, got {context:,}")
    return replace(thinker, context=context)
