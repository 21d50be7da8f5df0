"""What a mind may do: read, write, search, calculate and, only where it is asked for, run a script."""

from __future__ import annotations

import ast
import operator
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, field

from kscale_nb.errors import KscaleError, echoed, unknown
from kscale_nb.machines.mind.memory import Memory

OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
LONGEST_SUM = 1_000  # characters
SECONDS, BYTES, MOST_PRINTED = 10, 512 * 2**20, 100_000  # that a script may take
ARGUMENTS = {
    "read": {"path"}, "write": {"path", "text"}, "search": {"words"}, "calculate": {"sum"}, "run": {"path"}
}  # fmt: skip


@dataclass(frozen=True)
class Action:
    """One thing to do, or the answer."""

    tool: str
    arguments: dict[str, str] = field(default_factory=dict)


def calculate(text: str) -> str:
    """The value of a sum, exact for whole numbers; raises KscaleError for anything but numbers and + - * / // %.

    >>> calculate("(2 + 3) * 4"), calculate("7 / 2")
    ('20', '3.5')
    """

    def value(node):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return node.value
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
            return OPERATORS[type(node.op)](value(node.operand))
        raise KscaleError(f"{echoed(text)} is no sum of numbers with + - * / // % and brackets")

    try:
        if len(text) > LONGEST_SUM:
            raise KscaleError(f"a sum of at most {LONGEST_SUM:,} characters is expected")
        return str(value(ast.parse(text.strip(), mode="eval").body))
    except (SyntaxError, ArithmeticError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, KscaleError):
            raise
        raise KscaleError(f"{echoed(text)} has no value: {type(error).__name__}") from None


def closed_room(memory: Memory) -> list[str]:
    """The words that start bubblewrap: the system and the notes to be read, no network, nothing that can be written."""
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise KscaleError("running scripts needs bubblewrap (bwrap), which is not installed: refused")
    seen = [word for place in ("/usr", "/bin", "/lib", "/lib64") for word in ("--ro-bind-try", place, place)]
    python = [word for place in (sys.base_prefix,) for word in ("--ro-bind-try", place, place)]
    notes = ["--ro-bind", str(memory.folder.resolve()), "/notes", "--chdir", "/notes"]
    return [bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", *seen, *python,
            "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev", *notes]  # fmt: skip


# Started inside the room: the limits, then the script
WITHIN = (
    f"import resource as r,runpy,sys\nr.setrlimit(r.RLIMIT_AS,({BYTES},{BYTES}))\n"
    f"r.setrlimit(r.RLIMIT_CPU,({SECONDS},{SECONDS}))\nr.setrlimit(r.RLIMIT_FSIZE,({MOST_PRINTED},{MOST_PRINTED}))\n"
    f"r.setrlimit(r.RLIMIT_NOFILE,(64,64))\nrunpy.run_path(sys.argv[1],run_name='__main__')"
)


def run_script(memory: Memory, name: str) -> str:
    """What a Python script of the folder prints, within limits of time, memory, files and without any network."""
    memory.read(name, ending=".py")
    command = [*closed_room(memory), os.path.realpath(sys.executable), "-I", "-c", WITHIN, name]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        printed = _printed(process)
    finally:
        process.kill()
        process.wait()
    return printed


def _printed(process: subprocess.Popen) -> str:
    """What a process prints until it ends; it is stopped where that is too much, or takes too long."""
    late = threading.Event()

    def stop():
        late.set()
        process.kill()

    watch = threading.Timer(2 * SECONDS, stop)
    watch.start()
    try:
        with process.stdout as pipe:
            content = pipe.read(MOST_PRINTED + 1)
            if len(content) > MOST_PRINTED:
                raise KscaleError(f"the script prints too much: at most {MOST_PRINTED:,} bytes are read")
        code = process.wait()
    finally:
        watch.cancel()
        watch.join()
    text = content.decode("utf-8", "replace").strip()
    if late.is_set() or code:
        why = "takes too long" if late.is_set() else f"ends with code {code}"
        raise KscaleError(f"the script {why}: {text.splitlines()[-1] if text else 'it says nothing'}")
    return text


def do(memory: Memory, action: Action, scripts: bool = False) -> str:
    """Do one thing and tell what came of it. Every one may be done again after a kill and comes to the same.

    Raises KscaleError for an unknown tool, wrong arguments, or what the tool refuses.
    """
    if action.tool not in ARGUMENTS:
        raise unknown("tool", action.tool, ARGUMENTS)
    told = action.arguments
    if told.keys() != ARGUMENTS[action.tool] or not all(isinstance(value, str) for value in told.values()):
        raise KscaleError(f"{action.tool}: the arguments {', '.join(sorted(ARGUMENTS[action.tool]))} are expected")
    if action.tool == "read":
        return memory.read(told["path"])
    if action.tool == "write":
        memory.write(told["path"], told["text"])
        return "written"
    if action.tool == "search":
        memory.refresh()
        return "\n".join(memory.search(told["words"]))
    if action.tool == "calculate":
        return calculate(told["sum"])
    if not scripts:
        raise KscaleError("running scripts was not asked for: refused")
    return run_script(memory, told["path"])
