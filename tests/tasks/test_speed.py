"""What a task sets so that a run asks faster, and for whom."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from inspect_ai import eval

from fiduciary._registry import stakeholder_choice


@pytest.fixture(autouse=True)
def _nothing_left_out() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_a_run_leaves_what_is_loaded_out_of_garbage_collections(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    arguments = {"n": 2, "elicitation": "choose"}
    [log] = eval(
        "tasks/stakeholder_choice",
        task_args=arguments,
        model="subject/study1",
        log_dir=str(tmp_path),
        display="none",
    )
    assert log.status == "success"
    assert gc.get_freeze_count() > 0


def test_whoever_makes_a_task_in_a_program_keeps_the_collector_as_it_is() -> None:
    """A program may hold models in cycles that it wants to be freed later."""
    stakeholder_choice(n=2, elicitation="choose")
    assert gc.get_freeze_count() == 0
