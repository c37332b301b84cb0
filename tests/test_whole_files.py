"""Files and folders are written whole or not at all, and what a killed writer left is removed."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from fiduciary.whole_files import whole_file, whole_folder, write_whole

DEAD = 2**22 + 1
"""No process has a higher number than 2^22."""


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_file_that_fails_leaves_the_old_one_and_nothing_beside(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    write_whole(file, "old")

    def fails() -> None:
        with whole_file(file) as place:
            place.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert file.read_text() == "old" and names(tmp_path) == ["x.txt"]


def test_a_file_larger_than_there_is_room_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    write_whole(file, "old")
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from fiduciary.whole_files import write_whole\n"
        "write_whole(Path(sys.argv[1]), 'x' * 100_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, check=False)
    assert done.returncode == 1 and b"File too large" in done.stderr
    assert file.read_text() == "old" and names(tmp_path) == ["x.txt"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000


def test_half_a_character_becomes_a_question_mark(tmp_path: Path) -> None:
    write_whole(tmp_path / "x.txt", "a\ud800b")
    assert (tmp_path / "x.txt").read_bytes() == b"a?b"


def test_a_link_stays_a_link_and_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o600)
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_text() == "new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o600


def test_what_killed_writers_left_is_removed_and_what_others_have_is_not(tmp_path: Path) -> None:
    (tmp_path / f".{DEAD}.new.x.txt").write_text("half")
    (tmp_path / f".{DEAD}.new.out").mkdir()
    (tmp_path / f".{os.getppid()}.new.x.txt").write_text("at work")
    (tmp_path / ".keep").write_text("somebody's")
    write_whole(tmp_path / "x.txt", "new")
    with whole_folder(tmp_path / "out", ("a",)) as place:
        (place / "a").write_text("new")
    assert names(tmp_path) == [f".{os.getppid()}.new.x.txt", ".keep", "out", "x.txt"]


def test_a_folder_that_a_killed_writer_had_moved_away_is_put_back(tmp_path: Path) -> None:
    (tmp_path / f".{DEAD}.old.out").mkdir()
    (tmp_path / f".{DEAD}.old.out" / "a").write_text("old")
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "out", ("a",)):
        raise RuntimeError
    assert (tmp_path / "out/a").read_text() == "old"


def test_a_folder_is_exchanged_whole_and_stays_where_the_new_one_fails(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for text in ("one", "two"):
        with whole_folder(out, ("a", "b", "logs")) as place:
            (place / "a").write_text(text)
            (place / "logs").mkdir()
            (place / ("b" if text == "one" else "logs/c")).write_text(text)
            assert not (out / "a").exists() or (out / "a").read_text() == "one"
    assert names(out) == ["a", "logs"] and names(out / "logs") == ["c"]

    def fails() -> None:
        with whole_folder(out, ("a", "b", "logs")) as place:
            (place / "a").write_text("half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fails()
    assert (out / "a").read_text() == "two" and names(tmp_path) == ["out"]


def test_what_others_put_into_a_folder_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with whole_folder(out, ("a", "b")) as place:
        (place / "a").write_text("old")
        (place / "b").write_text("old")
    (out / "precious").write_text("mine")
    with whole_folder(out, ("a", "b")) as place:
        (place / "a").write_text("new")
    assert names(out) == ["a", "precious"] and (out / "a").read_text() == "new"
