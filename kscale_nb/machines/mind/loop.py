"""The loop of a mind with files: load memories, think, act, save, and again, until there is an answer.

Each act is in the journal before it is done, and what came of it after; so a loop that is killed anywhere goes on from
its journal and comes to the same answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Protocol

from kscale_nb.errors import KscaleError
from kscale_nb.machines import durable
from kscale_nb.machines.mind import tools
from kscale_nb.machines.mind.memory import Memory
from kscale_nb.machines.mind.tools import Action

ANSWER = "answer"
MOST_STEPS = 1_000


@dataclass(frozen=True)
class Done:
    """An act with what came of it; `refused` says that it was not done, and why."""

    action: Action
    result: str
    refused: bool = False


@dataclass(frozen=True)
class Attempt:
    """A task, what was done for it, its answer, and what a checker said of that."""

    task: str
    done: list[Done] = field(default_factory=list)
    answer: str | None = None
    verdict: str | None = None


@dataclass(frozen=True)
class Situation:
    """What a thinker is told: its task, the notes that fit its context, what it did, and what it tried before."""

    task: str
    memories: list[tuple[str, str]]
    done: list[Done]
    earlier: list[Attempt]


class Thinker(Protocol):
    """What decides the next act: the tool's name with its arguments, or `answer` with its text."""

    name: str
    context: int  # [token] that the memories may take

    def count(self, text: str) -> int: ...
    def next(self, situation: Situation) -> Action: ...


def attempts(memory: Memory) -> tuple[list[Attempt], Action | None]:
    """The journal as read back, and an act that was begun and not finished."""
    found: list[dict] = []
    begun = None
    try:
        for line in durable.whole_lines(memory.journal):
            entry = json.loads(line)
            if "task" in entry:
                found.append({"task": entry["task"], "thinker": entry["thinker"], "done": [], "begun": None})
            elif "tool" in entry:
                found[-1]["begun"] = Action(entry["tool"], entry["arguments"])
            elif "result" in entry:
                found[-1]["done"].append(Done(found[-1]["begun"], entry["result"], entry["refused"]))
                found[-1]["begun"] = None
            else:
                found[-1] |= {key: entry[key] for key in ("answer", "verdict") if key in entry}
        begun = found[-1].pop("begun") if found else None
        return [Attempt(a["task"], a["done"], a.get("answer"), a.get("verdict")) for a in found], begun
    except (ValueError, KeyError, IndexError, TypeError):
        raise KscaleError(f"{memory.journal}: the journal is damaged") from None


def judge(memory: Memory, verdict: str) -> None:
    """Put what a checker says of the last answer into the journal: right or wrong."""
    if verdict not in ("right", "wrong"):
        raise KscaleError(f"right or wrong is expected, not {verdict!r}")
    with memory.locked():
        last = attempts(memory)[0][-1:]
        if not last or last[0].answer is None:
            raise KscaleError(f"{memory.folder}: there is no answer to be judged")
        durable.append(memory.journal, json.dumps({"verdict": verdict}))


def memories(memory: Memory, task: str, thinker: Thinker) -> list[tuple[str, str]]:
    """The best notes for a task that fit a thinker's context, the best last, where it is read best."""
    if not thinker.context:
        return []
    memory.refresh()
    room, found = thinker.context, []
    for name in memory.search(task, most=20):
        text = memory.read(name)
        room -= thinker.count(text)
        if room < 0:
            break
        found.append((name, text))
    return found[::-1]


def run(
    memory: Memory,
    task: str | None,
    thinker: Thinker,
    resume: bool = False,
    scripts: bool = False,
    most: int = MOST_STEPS,
    tell: Callable[[str], None] = lambda line: None,
) -> str:
    """The answer to a task; with `resume` to the one that the journal ends with, from where it was left.

    Raises KscaleError for a memory that another loop holds, a task that is not the journal's, and too many steps.
    """
    with memory.locked():
        past, begun = attempts(memory)
        if resume:
            current = _left(memory, past, task)
        else:
            if not task or not task.strip():
                raise KscaleError("a task is expected")
            current, begun = Attempt(task), None
            durable.append(memory.journal, json.dumps({"task": task, "thinker": thinker.name}))
            past.append(current)
        earlier = [attempt for attempt in past[:-1] if attempt.task == current.task and attempt.answer is not None]
        if current.answer is not None:
            return current.answer
        for refused in memory.refresh():
            tell(f"passed by: {refused}")
        return _steps(memory, current, earlier, begun, thinker, scripts, most, tell)


def _left(memory: Memory, past: list[Attempt], task: str | None) -> Attempt:
    if not past:
        raise KscaleError(f"{memory.folder}: there is nothing to resume")
    if task is not None and task != past[-1].task:
        raise KscaleError(f"the journal ends with another task, {past[-1].task!r}: resume it without naming one")
    return past[-1]


def _steps(memory, current: Attempt, earlier, begun: Action | None, thinker, scripts: bool, most: int, tell) -> str:
    while len(current.done) < most:
        action = begun
        if action is None:
            found = memories(memory, current.task, thinker)
            action = thinker.next(Situation(current.task, found, list(current.done), earlier))
            if action.tool == ANSWER:
                answer = action.arguments["text"]
                durable.append(memory.journal, json.dumps({"answer": answer}))
                return answer
            durable.append(memory.journal, json.dumps(asdict(action)))
        begun = None
        tell(f"{len(current.done) + 1}. {action.tool} {action.arguments.get('path', '')}".rstrip())
        try:
            result, refused = tools.do(memory, action, scripts), False
        except KscaleError as error:
            result, refused = str(error), True
            tell(f"   refused: {error}")
        durable.append(memory.journal, json.dumps({"result": result, "refused": refused}))
        current.done.append(Done(action, result, refused))
    raise KscaleError(f"no answer after {most:,} steps")
