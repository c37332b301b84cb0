"""One name that was served with different weights: the table says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog

from fiduciary.leaderboard.board import read

INSTRUCT = {"id": "m", "root": "org/M-Instruct"}


def told(served: object) -> Callable[[EvalLog], None]:
    def change(log: EvalLog) -> None:
        log.eval.metadata = {**(log.eval.metadata or {}), "served": served}

    return change


def warnings(folder: Path) -> list[str]:
    _, _, troubles = read([str(folder)], lambda _: None)
    return [trouble.problem for trouble in troubles if "one name, different weights" in trouble.problem]


@pytest.mark.parametrize(
    "other",
    [
        {"id": "m", "root": "org/M"},
        INSTRUCT | {"quantization": "Q4_K_M"},
        INSTRUCT | {"revision": "abc"},
    ],
    ids=["root", "quantization", "revision"],
)
def test_one_name_for_two_sets_of_weights_is_said(copied: Callable[..., Path], other: dict[str, str]) -> None:
    known = INSTRUCT | {"quantization": "Q8_0", "revision": "def"}
    folder = copied("study1", told(known)).parent
    copied("study1", told(other))
    [warning] = warnings(folder)
    assert "subject/study1 is org/M" in warning and "serve each under a name of its own" in warning


def test_adapters_of_one_name_are_told_by_their_digests(copied: Callable[..., Path]) -> None:
    folder = copied("study1", told({"root": "/a/first", "digest": "sha256:1"})).parent
    copied("study1", told({"root": "/a/first", "digest": "sha256:2"}))
    assert len(warnings(folder)) == 1


def test_the_same_weights_from_another_folder_are_the_same(copied: Callable[..., Path]) -> None:
    folder = copied("study1", told({"root": "/a/first", "digest": "sha256:1"})).parent
    copied("study1", told({"root": "/b/moved", "digest": "sha256:1"}))
    assert not warnings(folder)


@pytest.mark.parametrize("served", [None, "m", ["m"], {"root": 3}])
def test_logs_that_know_nothing_or_nonsense_are_no_reason(
    copied: Callable[..., Path], served: object
) -> None:
    folder = copied("study1", told(served)).parent
    copied("study1", told({"id": "m"}))
    assert not warnings(folder)
