"""`.env` while a server runs, and after it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from fiduciary.serving import environment
from fiduciary.serving.errors import RefusedError

URL, KEY = "http://127.0.0.1:9/v1", "secret"
OURS = f"{environment.BEGIN}\nVLLM_BASE_URL={URL}\nVLLM_API_KEY={KEY}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_made_for_the_owner_alone_and_removed(file):
    environment.write(file, URL, KEY)
    assert file.read_text() == OURS
    assert file.stat().st_mode & 0o777 == 0o600
    environment.remove(file, URL)
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize(
    "before",
    ["A=1\n", "# notes\n\nA=1\nB=2\n", "A=1\nVLLM_BASE_URL=http://other/v1\nexport VLLM_API_KEY=k\nB=2\n"],
)
def test_other_lines_are_kept(file, before):
    file.write_text(before)
    file.chmod(0o640)
    environment.write(file, URL, KEY)
    lines = file.read_text().splitlines()
    assert "A=1" in lines
    assert [line for line in lines if line.startswith("VLLM_BASE_URL")] == [f"VLLM_BASE_URL={URL}"]
    assert not any(line.startswith("export") for line in lines)
    environment.remove(file, URL)
    assert file.read_text() == before
    assert file.stat().st_mode & 0o777 == 0o640


def test_after_a_launcher_that_was_killed(file):
    file.write_text("A=1\nVLLM_API_KEY=own\n")
    environment.write(file, "http://127.0.0.1:7/v1", "old")
    environment.write(file, URL, KEY)
    environment.remove(file, URL)
    assert file.read_text() == "A=1\nVLLM_API_KEY=own\n"


def test_lines_of_a_later_launcher_stay(file):
    environment.write(file, URL, KEY)
    environment.write(file, "http://127.0.0.1:7/v1", "later")
    environment.remove(file, URL)
    assert "VLLM_BASE_URL=http://127.0.0.1:7/v1" in file.read_text()


def test_what_was_added_meanwhile_stays(file):
    environment.write(file, URL, KEY)
    file.write_text(file.read_text() + "C=3\n")
    environment.remove(file, URL)
    assert file.read_text() == "C=3\n"
    environment.remove(file, URL)


def test_a_full_disk_costs_nothing(file, monkeypatch):
    file.write_text("A=1\n")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        environment.write(file, URL, KEY)
    assert file.read_text() == "A=1\n"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_not_written_through(file, tmp_path, there):
    """Whoever made the folder would choose which file of this machine gets a key."""
    other = tmp_path / "elsewhere"
    if there:
        other.write_text("A=1\n")
    file.symlink_to(other)
    for change in (lambda: environment.write(file, URL, KEY), lambda: environment.remove(file, URL)):
        with pytest.raises(RefusedError, match=r"\.env is a symbolic link") as refused:
            change()
        assert refused.value.code == 2
    assert file.is_symlink() and other.exists() == there
    assert not there or other.read_text() == "A=1\n"
