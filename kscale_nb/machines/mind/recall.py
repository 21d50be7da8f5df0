"""Recall from notes, with and without files, and what reading back a journal is good for: SmolLM2 in the loop."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from time import process_time

import numpy as np

from kscale_nb.machines.mind import loop, smollm, world
from kscale_nb.machines.mind.loop import Situation
from kscale_nb.machines.mind.memory import Memory
from kscale_nb.machines.mind.thinkers import EXAMPLES, LONGEST_ANSWER, Reader

NOTES, CONTEXTS = (10, 10_000, 100, 1_000), (256, 1_024, 4_096)  # the ends first
SEED, PIECE = 1, 256  # the second: tokens of a prompt that are read at once
MOST_SECONDS = 100  # of a processor, for one case; what was asked by then counts
REFUSED = "No note names"


class Held:
    """SmolLM2 with what it read last: a prompt that begins as the one before is read from where they part."""

    def __init__(self, most: int = max(CONTEXTS) + 512):
        self.cache, self.tokens = smollm.published_model().cache(most), []

    def answer(self, prompt: list[int]) -> tuple[str, int]:
        """The words that follow a prompt to the end of the line, and how many tokens were written for them."""
        model, words = smollm.published_model(), smollm.tokenizer()
        alike = 0
        while alike < min(len(self.tokens), len(prompt) - 1) and self.tokens[alike] == prompt[alike]:
            alike += 1
        self.cache.length = alike
        for start in range(alike, len(prompt) - 1, PIECE):
            model.logits(prompt[start : min(start + PIECE, len(prompt) - 1)], self.cache, last=True)
        told, written = [], 0
        for token in model.greedy(prompt[-1:], LONGEST_ANSWER, self.cache):
            written += 1
            if token == words.end or "\n" in words.decode([token]):
                break
            told.append(token)
        self.tokens = [*prompt, *told][: self.cache.length]
        return words.decode(told).strip(), written


@dataclass
class Counting(Reader):
    """The reader, with what each of its readings took."""

    held: Held | None = None
    took: list[tuple[int, int, float]] = field(
        default_factory=list
    )  # tokens read, tokens written, seconds of a processor

    def answered(self, prompt: list[int]) -> str:
        self.held = self.held or Held()
        start = process_time()
        text, written = self.held.answer(prompt)
        self.took.append((len(prompt), written, process_time() - start))
        return text

    def read(self, note: str, question: str) -> str:
        return self.answered(self.prompt(note, question))

    def from_weights(self, question: str) -> str:
        """An answer without any note."""
        return self.answered(smollm.tokenizer().encode(f"{EXAMPLES}Question: {question}\nAnswer:"))


# -- recall ----------------------------------------------------------------------------------------------


def filled(memory: Memory, reader: Reader, names: Iterable[str]) -> str:
    """As many notes as a context holds, the first of the names last, where it is read best."""
    room, found = reader.context, []
    for name in names:
        text = " ".join(memory.read(name).split())
        room -= reader.count(f" {text}")
        if room < 0:
            break
        found.append(text)
    return " ".join(found[::-1])


def by_loop(memory: Memory, reader: Counting, asked: str) -> str:
    """The loop searches, checks that a note names the thing, and refuses; the model reads one note."""
    return loop.run(memory, asked, reader)


def by_first_found(memory: Memory, reader: Counting, asked: str) -> str:
    """The model reads the first note that is found, whatever it names."""
    return reader.read(memory.read(memory.search(asked, most=1)[0]), asked)


def by_all_found(memory: Memory, reader: Counting, asked: str) -> str:
    """The context is filled with what is found, the best last."""
    return reader.read(filled(memory, reader, memory.search(asked, most=200)), asked)


def by_no_search(memory: Memory, reader: Counting, asked: str) -> str:
    """The context is filled with notes as they come."""
    return reader.read(filled(memory, reader, (name for name, _ in sorted(memory.notes())[:200])), asked)


def by_nothing(memory: Memory, reader: Counting, asked: str) -> str:
    """The model answers from its weights."""
    return reader.from_weights(asked)


WAYS: dict[str, Callable[[Memory, Counting, str], str]] = {
    "loop": by_loop, "first found": by_first_found, "all found": by_all_found, "no search": by_no_search,
    "nothing": by_nothing,
}  # fmt: skip
# The way, the context, what is asked, and how often; what spoils notes comes last
CASES = (
    ("loop", 256, "plain", 20), ("loop", 256, "rephrased", 20), ("loop", 256, "unknown", 20),
    ("first found", 256, "unknown", 10), ("nothing", 0, "plain", 5), ("loop", 256, "false", 10),
)  # fmt: skip
FILLED = tuple(
    (way, context, "plain", count)
    for context, count in zip(CONTEXTS, (15, 10, 5), strict=True)
    for way in ("all found", "no search")
)


def plan() -> Iterator[tuple[int, tuple[str, int, str, int]]]:
    """Every case with its notes; filling a context takes longest, and stands at the end."""
    for group in (CASES, FILLED):
        yield from ((notes, case) for notes in NOTES for case in group)


def asked_of(notes: int, asked: str, count: int, seed: int = SEED) -> list[tuple[str, str]]:
    """Questions and the answers that count as right: none for things that no note names."""
    there, more = world.names(notes, seed), world.names(notes + 40, seed)[notes:]
    found = world.questions(more if asked == "unknown" else there, count, seed)
    return [
        (q.rephrased if asked == "rephrased" else q.plain, REFUSED if asked == "unknown" else q.answer) for q in found
    ]


def falsify(memory: Memory, notes: int, count: int, seed: int = SEED) -> list[str]:
    """Put false facts in the place of those that will be asked for, and give them."""
    chance, there, false = random.Random(seed), world.names(notes, seed), {}
    for q in world.questions(there, count, seed):
        false.setdefault((q.thing, q.kind), world.other_than(q.answer, q.kind, chance))
    for thing in {thing for thing, _ in false}:
        facts = {kind: false.get((thing, kind), fact) for kind, fact in world.facts_of(thing, seed).items()}
        memory.write(f"{there.index(thing):05}.md", world.note_of(thing, facts))
    return [false[q.thing, q.kind] for q in world.questions(there, count, seed)]


def is_right(said: str, right: str) -> bool:
    return said.startswith(REFUSED) if right == REFUSED else world.states(said, right)


def recall(memory: Memory, reader: Counting, notes: int, way: str, asked: str, count: int) -> dict:
    """One case: how many answers are right, refused, or believe what a note says falsely; and what they took."""
    false = falsify(memory, notes, count) if asked == "false" else [None] * count
    said, start = [], process_time()
    told = asked_of(notes, asked, count)
    for question, _ in told:
        if process_time() - start > MOST_SECONDS:
            break
        said.append(WAYS[way](memory, reader, question))
    ended = list(zip(said, told, false, strict=False))
    right = [is_right(text, answer) for text, (_, answer), _ in ended]
    read, written, seconds = (
        (np.mean(column) for column in zip(*reader.took, strict=True)) if reader.took else (0, 0, 0)
    )
    return {
        "notes": notes, "way": way, "context": reader.context, "asked": asked, "questions": len(said),
        "right": sum(right), "of_kind": [sum(right[number :: len(world.KINDS)]) for number in range(len(world.KINDS))],
        "refused": sum(text.startswith(REFUSED) for text in said),
        "believed": sum(bool(lie) and world.states(text, lie) for text, _, lie in ended),
        "read": round(float(read), 1), "written": round(float(written), 1), "seconds": round(float(seconds), 3),
        "whole_seconds": round((process_time() - start) / max(len(said), 1), 3), "said": said[:4],
    }  # fmt: skip


def recalls(known: list[dict]) -> Iterator[list[dict]]:
    """All cases one after the other, without those that are known."""
    held, done = Held(), {(case["notes"], case["way"], case["context"], case["asked"]) for case in known}
    left = [(notes, case) for notes, case in plan() if (notes, *case[:3]) not in done]
    for notes, group in groupby(left, key=itemgetter(0)):
        with tempfile.TemporaryDirectory() as folder:
            world.write_notes(Path(folder), notes)
            memory = Memory(folder)
            memory.refresh()
            for _, (way, context, asked, count) in group:
                reader = Counting(context=context, held=held)
                known = [*known, recall(memory, reader, notes, way, asked, count)]
                yield known


# -- metacognition ---------------------------------------------------------------------------------------


@dataclass
class Forgetful(Counting):
    """The reader that does not read back its journal."""

    def next(self, situation: Situation):
        return super().next(replace(situation, earlier=[]))


def disagreeing(folder: Path, tasks: int, notes: int, seed: int) -> list[world.Question]:
    """Things of which so many notes each tell another fact, one of them the right one."""
    chance, asked = random.Random(seed), world.questions(world.names(500, seed), 4 * tasks, seed)
    asked = list({q.thing: q for q in asked}.values())[:tasks]
    for number, q in enumerate(asked):
        told = [q.answer]
        while len(told) < notes:
            told.append(world.other_than(q.answer, q.kind, chance))
        for place, fact in enumerate(chance.sample(told, notes)):
            (folder / f"{number:03}-{place}.md").write_text(world.note_of(q.thing, {q.kind: fact}))
    return asked


def metacognition(tasks: int = 20, notes: int = 3, seed: int = SEED) -> list[dict]:
    """Answers after none, one and two times that a checker said wrong: with the journal, without, and by the model."""
    found, held = [], Held()
    for name, thinker in (("journal", Counting), ("no journal", Forgetful)):
        right = np.zeros(notes, int)
        with tempfile.TemporaryDirectory() as folder:
            memory, asked = Memory(folder), disagreeing(Path(folder), tasks, notes, seed)
            for q in asked:
                for attempt in range(notes):
                    if world.states(loop.run(memory, q.plain, thinker(held=held)), q.answer):
                        right[attempt:] += 1
                        break
                    loop.judge(memory, "wrong")
        found.append({"way": name, "tasks": tasks, "notes": notes, "right": right.tolist()})
    return [*found, told_in_words(tasks, notes, seed, held)]


def told_in_words(tasks: int, notes: int, seed: int, held: Held) -> dict:
    """The model alone, all notes in its context: its first answer, and the next after it was told that it is wrong."""
    right, repeated, reader = np.zeros(2, int), 0, Counting(held=held)
    with tempfile.TemporaryDirectory() as folder:
        memory, asked = Memory(folder), disagreeing(Path(folder), tasks, notes, seed)
        memory.refresh()
        for q in asked:
            note = filled(
                memory, reader, sorted(name for name in memory.search(q.plain, most=99) if q.thing in memory.read(name))
            )
            first = reader.read(note, q.plain)
            if world.states(first, q.answer):
                right += 1
                continue
            told = smollm.tokenizer().encode(f" {first}\nThat answer is wrong.\nQuestion: {q.plain}\nAnswer:")
            second = reader.answered([*reader.prompt(note, q.plain), *told])
            right[1] += world.states(second, q.answer)
            repeated += second == first
    return {"way": "in words", "tasks": tasks, "notes": notes, "right": right.tolist(), "repeated": repeated}
