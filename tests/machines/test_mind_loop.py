"""The loop with files: its tools, its journal, and that no kill, lock, path or odd file takes anything from it."""

import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kscale_nb import KscaleError
from kscale_nb.commands import main
from kscale_nb.machines.mind import loop, smollm, thinkers, tools
from kscale_nb.machines.mind.memory import LARGEST, Memory
from kscale_nb.machines.mind.tools import Action

ADD = "add 999999 3"


@pytest.fixture
def memory(tmp_path) -> Memory:
    (tmp_path / "notes").mkdir()
    return Memory(tmp_path / "notes")


def needs_weights() -> None:
    try:
        smollm.weights_path()
    except KscaleError as missing:
        pytest.skip(str(missing))


class Scripted:
    """Acts that were decided before, then the last result as the answer."""

    name, context = "scripted", 50

    def __init__(self, *acts: Action):
        self.acts, self.seen = acts, []

    def count(self, text):
        return len(text.split())

    def next(self, situation):
        self.seen.append(situation)
        if len(situation.done) < len(self.acts):
            return self.acts[len(situation.done)]
        return thinkers.said(situation.done[-1].result)


# -- what it does --------------------------------------------------------------------------------------


def test_it_writes_searches_reads_and_calculates(memory):
    acts = [
        Action("write", {"path": "deep/sum.md", "text": "The boiler holds 40 gallons."}),
        Action("search", {"words": "gallons of the boilers"}),
        Action("read", {"path": "deep/sum.md"}),
        Action("calculate", {"sum": "40 * 12"}),
    ]
    thinker = Scripted(*acts)
    assert loop.run(memory, "How much do twelve boilers hold?", thinker) == "480"
    assert [done.result for done in thinker.seen[-1].done] == [
        "written",
        "deep/sum.md",
        "The boiler holds 40 gallons.",
        "480",
    ]
    assert thinker.seen[-1].memories == [("deep/sum.md", "The boiler holds 40 gallons.")]


def test_memories_stay_within_the_context_and_the_best_is_last(memory):
    for number in range(30):
        memory.write(f"{number:02}.md", "steam " * (number % 3 + 1) + f"engine number{number} works " + "x " * 10)
    thinker = Scripted(Action("calculate", {"sum": "1"}))
    loop.run(memory, "steam engine number7", thinker)
    found = thinker.seen[0].memories
    assert 0 < sum(thinker.count(text) for _, text in found) <= thinker.context and found[-1][0] == "07.md"


@pytest.mark.parametrize(
    "text", ["__import__('os')", "2 ** 9", "a + 1", "1 / 0", "(", "1" * 2_000, "True", "'a' * 9", ""]
)
def test_what_is_no_sum_is_refused(text):
    with pytest.raises(KscaleError):
        tools.calculate(text)


def test_the_machine_maker_keeps_its_tape_in_a_note(memory):
    assert loop.run(memory, ADD, thinkers.MachineMaker(stride=3)) == "1000002"
    assert "addition halt" in memory.read("tape.md")
    assert loop.run(memory, "sort 31415926", thinkers.MachineMaker()) == "11234569"
    assert loop.run(memory, "beaver 2500", thinkers.MachineMaker()) == "81 ones after 2500 steps, state D"


def test_the_reader_answers_from_the_note_and_refuses_where_none_names_the_thing(memory):
    needs_weights()
    memory.write("a.md", "The foreman of the Aldgate works is Ezra Pickering.")
    memory.write("b.md", "The foreman of the Bow works is Tom Ash.")
    assert "Pickering" in loop.run(memory, "Who is the foreman of the Aldgate works?", thinkers.Reader())
    assert loop.run(memory, "Who is the foreman of the Wapping works?", thinkers.Reader()) == "No note names Wapping."


def test_after_a_checkers_wrong_the_reader_reads_another_note(memory):
    needs_weights()
    task = "Who is the foreman of the Aldgate works?"
    memory.write("a.md", "The foreman of the Aldgate works is Ezra Pickering.")
    memory.write("b.md", "Since May the foreman of the Aldgate works is Tom Ash, who came from the Bow works.")
    first = loop.run(memory, task, thinkers.Reader())
    assert loop.run(memory, task, thinkers.Reader()) == first
    loop.judge(memory, "wrong")
    assert {first, loop.run(memory, task, thinkers.Reader())} == {"Ezra Pickering", "Tom Ash"}


# -- kills and locks -----------------------------------------------------------------------------------

KILLED = """
import os, sys
from pathlib import Path
from kscale_nb.machines import durable
from kscale_nb.machines.mind import loop, memory, stepper, thinkers

def run(folder, resume):
    task, thinker = None if resume else sys.argv[2], thinkers.MachineMaker(stride=4)
    return loop.run(memory.Memory(folder), task, thinker, resume=resume)

def killed_at(folder, number, resume=False):
    '''In a process of its own: the loop, dead at its so many-th write, which is then half done.'''
    left = [number]
    real = {name: getattr(os, name) for name in ("write", "fsync", "replace", "ftruncate")}
    def dying(name):
        def call(*arguments):
            left[0] -= 1
            if left[0] == 0:
                if name == "write":
                    real["write"](arguments[0], arguments[1][: len(arguments[1]) // 2])
                os._exit(9)
            return real[name](*arguments)
        return call
    child = os.fork()
    if child == 0:
        for name in real:
            setattr(os, name, dying(name))
        try:
            run(folder, resume)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

stepper.by_model("addition", "carry0", "1+2")
number = 1
while True:
    folder = Path(sys.argv[1]) / str(number)
    folder.mkdir()
    if not killed_at(folder, number):
        break
    begun = bool(durable.whole_lines(folder / ".mind" / "journal.jsonl"))
    if begun:
        killed_at(folder, number % 9 + 1, resume=True)  # and what resumes is killed as well
    answer = run(folder, resume=begun)
    print(number, answer, (folder / "tape.md").read_text().count("halt"))
    number += 1
"""


def test_killed_at_any_write_it_resumes_with_the_same_answer(tmp_path):
    run = subprocess.run([sys.executable, "-c", KILLED, tmp_path, ADD], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    lines = [line.split(maxsplit=1)[1] for line in run.stdout.splitlines()]
    assert len(lines) > 50 and set(lines) == {"1000002 1"}


HOLDING = """
import sys
from kscale_nb.machines.mind import loop, thinkers
from kscale_nb.machines.mind.memory import Memory

class Waiting(thinkers.MachineMaker):
    def next(self, situation):
        if len(situation.done) == 2:
            print("holding", flush=True)
            sys.stdin.readline()
        return super().next(situation)

print(loop.run(Memory(sys.argv[1]), sys.argv[2], Waiting(stride=4)))
"""


@pytest.fixture
def holder(memory):
    """A process that is in the middle of a sum, and goes on when it is told to."""
    command = [sys.executable, "-c", HOLDING, memory.folder, ADD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "holding\n"
        yield process
        process.kill()


def second(memory, *more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "kscale_nb", "mind", memory.folder, *more, "--thinker", "stepper"]
    return subprocess.run(command, capture_output=True, text=True, timeout=100)


def test_of_two_processes_the_second_is_refused_and_the_firsts_work_is_whole(memory, holder):
    before = {path: path.read_bytes() for path in (memory.journal, memory.folder / "tape.md")}
    refused = second(memory, "add 1 2")
    assert refused.returncode and not refused.stdout
    assert refused.stderr.splitlines() == [f"kscale_nb: {memory.folder}: another loop is at work on this memory"]
    assert {path: path.read_bytes() for path in before} == before
    assert holder.communicate("on\n", timeout=100)[0] == "1000002\n"
    (attempt,), begun = loop.attempts(memory)
    assert (attempt.task, attempt.answer, begun) == (ADD, "1000002", None)


def test_the_lock_of_a_killed_process_holds_nobody(memory, holder):
    with pytest.raises(KscaleError, match="another loop"), memory.locked():
        pass
    holder.kill()
    holder.wait()
    assert (memory.own / "lock").exists()
    assert second(memory, "--resume").stdout == "1000002\n"


def test_two_loops_cannot_hold_one_memory(memory):
    with memory.locked(), pytest.raises(KscaleError, match="another loop is at work"):
        loop.run(memory, ADD, thinkers.MachineMaker())
    assert not memory.journal.exists()
    assert loop.run(memory, ADD, thinkers.MachineMaker()) == "1000002"


def test_resuming_names_what_is_wrong(memory):
    with pytest.raises(KscaleError, match="nothing to resume"):
        loop.run(memory, None, thinkers.MachineMaker(), resume=True)
    loop.run(memory, ADD, thinkers.MachineMaker())
    assert loop.run(memory, ADD, thinkers.MachineMaker(), resume=True) == "1000002"
    with pytest.raises(KscaleError, match="another task"):
        loop.run(memory, "add 1 2", thinkers.MachineMaker(), resume=True)
    with memory.journal.open("a") as journal:
        journal.write("no JSON\n")
    with pytest.raises(KscaleError, match="damaged"):
        loop.run(memory, None, thinkers.MachineMaker(), resume=True)
    with pytest.raises(KscaleError, match="no answer after 2 steps"):
        memory.journal.write_text("")
        loop.run(memory, ADD, thinkers.MachineMaker(), most=2)


# -- paths and odd files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../a.md", "/etc/a.md", "b/../../a.md", "link.md", "away/a.md", "", ".", ".mind/a.md", "./.mind/a.md", "a.txt",
     "a\\..\\b.md", "a\0.md", "a\n.md"],
)  # fmt: skip
@pytest.mark.parametrize("write", [False, True])
def test_a_path_that_leaves_the_folder_is_refused(memory, tmp_path, name, write):
    (tmp_path / "a.md").write_text("secret")
    (memory.folder / "link.md").symlink_to(tmp_path / "a.md")
    (memory.folder / "away").symlink_to(tmp_path)
    with pytest.raises(KscaleError):
        memory.write(name, "x") if write else memory.read(name)
    assert (tmp_path / "a.md").read_text() == "secret"
    assert list(memory.notes()) == []


@pytest.mark.parametrize(
    "content, told",
    [(b"x" * (LARGEST + 1), "too large"), (b"a\0b", "binary"), (b"\xff\xfe a", "UTF-8, at byte 0"), (None, "ordinary")],
)
def test_huge_binary_and_foreign_files_are_refused_by_name(memory, content, told):
    path = memory.folder / "odd.md"
    os.mkfifo(path) if content is None else path.write_bytes(content)
    with pytest.raises(KscaleError, match=rf"odd\.md.*{told}"):
        memory.read("odd.md")
    refused = memory.refresh()
    assert refused == [] if content is None else len(refused) == 1 and "odd.md" in refused[0]


# -- the index -----------------------------------------------------------------------------------------


def found_of(memory) -> dict:
    memory.refresh()
    with closing(memory._index()) as index:
        rows = sorted(index.execute("SELECT path, mark, text FROM note LEFT JOIN word ON word.rowid = note.row"))
    return {"rows": rows, **{asked: memory.search(asked) for asked in ("engine", "number3 steam", "nothing")}}


@pytest.mark.parametrize("damage", [None, b"no database at all" * 100])
def test_an_index_made_anew_equals_the_old_one(memory, damage):
    for number in range(20):
        memory.write(f"{number}.md", f"engine number{number} " + "steam " * number)
    memory.refresh()
    memory.write("3.md", "engine changed")
    memory.write("new.md", "steam engine")
    (memory.folder / "5.md").unlink()
    (memory.folder / "6.md").write_bytes(b"\xff")
    old = found_of(memory)
    index = memory.own / "index.db"
    index.unlink() if damage is None else index.write_bytes(damage)
    assert found_of(memory) == old
    assert "5.md" not in [row[0] for row in old["rows"]] and old["number3 steam"]


def test_work_grows_no_faster_than_the_notes(memory, monkeypatch):
    """Counted in the database's own steps, for times depend on the machine."""
    count, opened = [0], memory._index

    def counting():
        index = opened()
        index.set_progress_handler(lambda: count.__setitem__(0, count[0] + 1), 100)
        return index

    monkeypatch.setattr(memory, "_index", counting)
    taken = []
    for number in range(800):
        memory.path_of(f"{number}.md").write_text(f"steam engine number{number}")
        if number + 1 in (200, 800):
            for work in (memory.refresh, lambda: memory.search("steam engine")):
                count[0] = 0
                work()
                taken.append(count[0])
    indexed, searched = taken[2] / taken[0], taken[3] / taken[1]
    assert indexed < 5 and searched < 5


# -- scripts -------------------------------------------------------------------------------------------


def rooms_can_be_made() -> bool:
    try:
        return not subprocess.run(
            ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"], capture_output=True
        ).returncode
    except FileNotFoundError:
        return False


def test_where_no_room_can_be_made_nothing_runs(memory, tmp_path, monkeypatch):
    (memory.folder / "a.py").write_text("open('n.md', 'w')")
    forbidden = tmp_path / "bwrap"
    forbidden.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    forbidden.chmod(0o755)
    monkeypatch.setattr(tools.shutil, "which", lambda name: str(forbidden))
    with pytest.raises(KscaleError, match="No permissions to create new namespace"):
        tools.run_script(memory, "a.py")
    assert not (memory.folder / "n.md").exists()


def test_scripts_are_refused_unless_asked_for_and_without_bubblewrap(memory, monkeypatch):
    (memory.folder / "a.py").write_text("print(1)")
    with pytest.raises(KscaleError, match="not asked for"):
        tools.do(memory, Action("run", {"path": "a.py"}))
    monkeypatch.setattr(tools.shutil, "which", lambda name: None)
    with pytest.raises(KscaleError, match="not installed: refused"):
        tools.do(memory, Action("run", {"path": "a.py"}), scripts=True)


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed: apt-get install bubblewrap")
@pytest.mark.skipif(not rooms_can_be_made(), reason="this machine lets no one make a namespace, as bubblewrap must")
@pytest.mark.parametrize(
    "script, told",
    [
        ("print(6 * 7, open('n.md').read())", "42 note"),
        ("open('n.md', 'w')", "Read-only"),
        ("import socket; socket.create_connection(('127.0.0.1', PORT), 1)", "ConnectionRefusedError"),
        ("x = bytearray(10**9)", "MemoryError"),
        ("open('/tmp/a', 'wb').write(bytes(10**7)); print('kept')", "File too large"),
        ("print('x' * 10**6)", "too much"),
        ("import os; print(os.path.exists(OUTSIDE), 'KSCALE_MIND_KEY' in os.environ)", "False False"),
        ("while True: pass", "it says nothing"),
    ],
)  # fmt: skip
def test_a_script_runs_in_a_closed_room(memory, tmp_path, monkeypatch, script, told):
    monkeypatch.setenv(thinkers.KEY, "key-of-a-test")
    monkeypatch.setattr(tools, "WITHIN", tools.WITHIN.replace("(10,10)", "(2,2)"))
    memory.write("n.md", "note")
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as listening:
        text = script.replace("PORT", str(listening.server_port)).replace("OUTSIDE", repr(str(tmp_path)))
        (memory.folder / "a.py").write_text(text)
        try:
            result = tools.run_script(memory, "a.py")
        except KscaleError as error:
            result = str(error)
    assert told in result and memory.read("n.md") == "note"


# -- an endpoint ---------------------------------------------------------------------------------------


class Stub(BaseHTTPRequestHandler):
    """Answers as it was told to, and keeps what it was asked."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], asked))
        code, text = self.server.answers.pop(0)
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps({"choices": [{"message": {"content": text}}]}).encode() if code == 200 else b"")

    def log_message(self, *arguments):
        pass


@pytest.fixture
def stub(monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Stub) as server:
        server.asked, server.answers = [], []
        monkeypatch.setenv(thinkers.ADDRESS, f"http://127.0.0.1:{server.server_port}/v1")
        monkeypatch.setenv(thinkers.KEY, "key-of-a-test")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_endpoint_acts_and_answers_and_neither_key_nor_text_is_told(memory, stub, capsys):
    act = {"tool": "calculate", "arguments": {"sum": "6 * 7"}}
    stub.answers += [(200, json.dumps(act)), (200, json.dumps({"tool": "answer", "arguments": {"text": "42"}}))]
    memory.write("a.md", "secret text about sums")
    assert main(["mind", str(memory.folder), "private sums", "--thinker", "endpoint"]) == 0
    told = capsys.readouterr()
    assert told.out == "42\n" and "calculate" in told.err
    assert not any(word in told.err for word in ("key-of-a-test", "secret", "private"))
    path, key, asked = stub.asked[1]
    assert path == "/v1/chat/completions" and key == "Bearer key-of-a-test"
    assert asked["messages"][-1] == {"role": "user", "content": "42"} and "secret" in asked["messages"][1]["content"]
    assert "key-of-a-test" not in memory.journal.read_text()


def test_an_endpoint_that_fails_is_told_in_a_line_and_resumed(memory, stub, capsys):
    stub.answers += [(500, ""), (200, "plain words")]
    words = ["mind", str(memory.folder), "private", "--thinker", "endpoint"]
    assert main(words) == 2
    told = capsys.readouterr()
    assert "code 500" in told.err and "private" not in told.err and told.out == ""
    assert main([*words, "--resume"]) == 0
    assert capsys.readouterr().out == "plain words\n"


def test_a_context_is_as_small_as_asked_for(memory, stub, capsys):
    stub.answers += [(200, "words"), (200, "words")]
    memory.write("a.md", "private " * 100)
    for context, there in (("300", True), ("20", False)):
        assert main(["mind", str(memory.folder), "private", "--thinker", "endpoint", "--context", context]) == 0
        asked = stub.asked[-1][2]["messages"][1]["content"]
        assert ("private private" in asked) is there
    capsys.readouterr()


def test_a_checker_speaks_on_the_command_line_and_the_next_attempt_hears_it(memory, stub, capsys):
    stub.answers += [(200, "1884"), (200, "1885")]
    words = ["mind", str(memory.folder), "In which year?", "--thinker", "endpoint"]
    assert main(words) == 0 and main(["mind", str(memory.folder), "--judge", "wrong"]) == 0
    assert main(words) == 0
    assert capsys.readouterr().out == "1884\n1885\n"
    assert "'1884': wrong" in stub.asked[1][2]["messages"][2]["content"]


def test_the_command_line_says_what_is_wrong(memory, capsys, monkeypatch):
    monkeypatch.delenv(thinkers.ADDRESS, raising=False)
    for words, told in (
        ([str(memory.folder), "x", "--thinker", "steper"], "stepper"),
        ([str(memory.folder / "no"), "x", "--thinker", "stepper"], "no such folder"),
        ([str(memory.folder), "--thinker", "stepper"], "a task is expected"),
        ([str(memory.folder), "multiply 2 3", "--thinker", "stepper"], "add A B"),
        ([str(memory.folder), "add 2 3", "--thinker", "stepper", "--context", "9"], "no context is expected"),
        ([str(memory.folder), "x", "--context", "9000"], "8,192"),
        ([str(memory.folder), "--judge", "wrng"], "wrong"),
        ([str(memory.folder), "--judge", "wrong"], "no answer to be judged"),
        ([str(memory.folder), "x", "--thinker", "endpoint"], thinkers.ADDRESS),
    ):
        assert main(["mind", *words]) == 2
        out, err = capsys.readouterr()
        assert out == "" and told in err.splitlines()[-1]
