"""Files put in place are whole on the disk, wherever their writing is cut off."""

import os

import pytest

from kscale_nb.machines.durable import make_folder, put


@pytest.fixture
def file(tmp_path):
    def write(content: str):
        path = tmp_path / "mine.toml"
        path.write_text(content)
        return path

    return write


@pytest.fixture
def acts(monkeypatch):
    """What is asked of the system, in its order: each act with the name of what it is done to."""
    found = []

    def recorded(name, real):
        def act(what, *more):
            named = os.readlink(f"/proc/self/fd/{what}") if isinstance(what, int) else what
            found.append(
                (name, *(os.path.basename(path) for path in (named, *more) if isinstance(path, os.PathLike | str)))
            )
            return real(what, *more)

        return act

    for name in ("write", "fsync", "replace"):
        monkeypatch.setattr(os, name, recorded(name, getattr(os, name)))
    return found


reads_descriptors = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")


@reads_descriptors
def test_a_file_is_on_the_disk_before_its_name_and_its_name_before_all_that_follows(file, tmp_path, acts):
    put(file("old"), "new")
    (_, beside), *others = acts
    assert beside != "mine.toml"
    assert others == [("fsync", beside), ("replace", beside, "mine.toml"), ("fsync", tmp_path.name)]


@reads_descriptors
def test_folders_are_on_the_disk_from_the_first_to_the_last(tmp_path, acts):
    for _ in range(2):
        make_folder(tmp_path / "a" / "b")
    assert acts == [("fsync", tmp_path.name), ("fsync", "a")]


@pytest.mark.parametrize("name", ["write", "fsync", "replace"])
def test_what_is_cut_off_leaves_the_old_file_and_nothing_beside_it(file, tmp_path, monkeypatch, name):
    path = file("old")

    def failing(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, name, failing)
    with pytest.raises(KeyboardInterrupt):
        put(path, "new")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("mine.toml", "old")]


def test_a_link_is_replaced_and_permissions_stay(file, tmp_path):
    path, link = file("old"), tmp_path / "link"
    path.chmod(0o640)
    link.symlink_to(path)
    put(link, "through")
    assert path.read_text() == "old" and not link.is_symlink()
    put(path, b"new")
    assert path.read_bytes() == b"new" and path.stat().st_mode & 0o7777 == 0o640
