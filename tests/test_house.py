"""The house as its map draws it: every room is named, imports run one way, and no module is too long to read."""

import ast
import re
from pathlib import Path

import pytest
from conftest import CHAPTERS, PAGES, ROOT

import kscale_nb
from _ext.look.icons import THEME

PACKAGE = ROOT / "kscale_nb"
MAP = [line.strip() for line in kscale_nb.__doc__.splitlines() if line.startswith("    ")]
CORE = [word for line in MAP[:2] for word in line.partition("  ")[0].split()]
FLOORS = [
    {"core"},
    {"chapters"},
    {"machines", "doubt"},
    {"notebook", "commands", "words"},
    {"_ext", "paper"},
]  # the lowest first
MODULES = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "book").rglob("*.py")])
LONGEST, LONGEST_CORE = 400, 2_500  # lines


def room_of(module: str) -> str:
    """The room of a dotted module: the core, another room of the package, or one of the book's tools."""
    parts = module.split(".")
    room = parts[1] if parts[0] == "kscale_nb" and len(parts) > 1 else parts[0]
    return "core" if room in CORE else room


def floor_of(module: str) -> int:
    """How high a module stands; the package's face, which opens every room, stands nowhere."""
    return next((number for number, rooms in enumerate(FLOORS) if room_of(module) in rooms), -1)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT if path.is_relative_to(PACKAGE) else ROOT / "book").with_suffix("").parts)


def imported_by(path: Path) -> set[str]:
    """The modules of the house that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if name.partition(".")[0] in {"kscale_nb", "_ext", "paper"}}


# -- the map ------------------------------------------------------------------------------------------


def test_the_map_names_every_room_and_nothing_that_is_not_there():
    there = {path.name for path in PACKAGE.rglob("*") if path.is_dir() and path.name != "__pycache__"}
    assert set(re.findall(r"(\w+)/", "\n".join(MAP))) == there
    assert {*CORE, "__init__", "__main__", "commands", "words"} == {path.stem for path in PACKAGE.glob("*.py")}


def test_the_readme_names_what_stands_at_the_top():
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## What is where")[2].partition("\n## ")[0]
    named = re.findall(r"`([\w./-]+)`", table)
    assert [name for name in named if not (ROOT / name).exists()] == []
    folders = {f"{path.name}/" for path in ROOT.iterdir() if (path / "__init__.py").is_file() or path.name == "tests"}
    assert {*folders, "notebooks/", "book/"} <= set(named)


# -- files --------------------------------------------------------------------------------------------

TEMPORARY = {"kscale_nb.machines.mind.world", "kscale_nb.machines.mind.recall"}  # notes to be measured with
IN_PLACE = {"write_text", "write_bytes", "rename"}


def put_by_hand(tree: ast.AST) -> list[int]:
    """The lines where a file is replaced, or may be."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = ast.unparse(node.func.value)
            name, arguments = node.func.attr, [ast.unparse(argument) for argument in node.args]
            moved = name == "replace" and (of == "os" or (len(arguments) == 1 and not node.keywords))
            saved = name.startswith("save") and of == "np" and arguments[0] != "content"  # a file in memory
            if name in IN_PLACE or moved or saved:
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=name_of)
def test_files_are_put_in_place_by_one_function(path):
    if name_of(path) not in TEMPORARY:
        lines = put_by_hand(ast.parse(path.read_text(encoding="utf-8")))
        assert len(lines) == (name_of(path) == "kscale_nb.machines.durable"), lines


def test_files_replaced_by_hand_are_seen():
    ways = 'p.write_text("a")', "os.replace(a, b)", "a.replace(b)", "np.savez(path, a=a)", "a.rename(b)"
    assert all(put_by_hand(ast.parse(way)) for way in ways)
    assert not any(put_by_hand(ast.parse(way)) for way in ('a.replace("b", "c")', "np.savez(content, a=a)"))


# -- imports ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_one_way(path):
    module = name_of(path)
    if floor_of(module) >= 0:
        assert [other for other in imported_by(path) if floor_of(other) > floor_of(module)] == []


def test_a_core_module_imports_only_those_before_it():
    for number, name in enumerate(CORE):
        others = {other.split(".")[1] for other in imported_by(PACKAGE / f"{name}.py")}
        assert others <= set(CORE[:number]), name


def test_what_runs_upwards_is_seen(tmp_path):
    path = tmp_path / "ledger.py"
    path.write_text("def f():\n    from kscale_nb import machines\n    import paper.pdf\n")
    assert imported_by(path) == {"kscale_nb.machines", "paper.pdf"}
    assert floor_of("kscale_nb.ledger") < floor_of("kscale_nb.machines") < floor_of("paper.pdf")


@pytest.mark.parametrize("name", CORE)
def test_the_core_knows_no_chapter_and_no_page(name):
    modules = {chapter.rpartition("/")[2] for chapter in CHAPTERS}
    names = {*PAGES, *(module for module in modules if "_" in module)}  # one word may be just that
    tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not {text for text in texts if text.removesuffix(".ipynb").removesuffix(".md") in names}


# -- size ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_too_long_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_core_is_read_in_an_evening():
    assert sum(len((PACKAGE / f"{name}.py").read_text(encoding="utf-8").splitlines()) for name in CORE) <= LONGEST_CORE


# -- licences -----------------------------------------------------------------------------------------


def test_the_licence_names_every_font():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    fonts = {path.name for kind in ("woff*", "ttf", "otf") for path in (ROOT / "book").rglob(f"*.{kind}")}
    assert len(fonts) >= 5
    assert [name for name in fonts if name not in licence] == []
    folders = {path.parent for path in (ROOT / "book").rglob("*.woff2")}
    assert all(str(folder.relative_to(ROOT)) in licence for folder in folders)


def test_the_licence_names_what_the_theme_brings():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    told = (THEME / "scripts" / "fontawesome.js.LICENSE.txt").read_text(encoding="utf-8")
    assert re.search(r"Icons: CC BY 4.0, Fonts: SIL OFL 1.1", told)
    version = re.search(r"Font Awesome Free \d+", told)[0]
    assert version in licence and "CC BY 4.0" in licence and "SIL Open Font License 1.1" in licence
