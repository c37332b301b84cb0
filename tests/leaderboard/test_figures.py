"""What the page draws of real logs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.model import get_model

from fiduciary.economics.principals import Principal
from fiduciary.leaderboard.board import build
from fiduciary.leaderboard.figures import figures
from fiduciary.tasks.axioms.task import axioms
from fiduciary.tasks.reachable.task import reachable


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Of a model that moves half way to what it is told, and of one that does not read."""
    folder = tmp_path_factory.mktemp("logs")
    for name in ("swayed", "random"):
        for task in (reachable(n=40, framings="policy"), axioms(n=2)):
            (log,) = inspect_eval(
                task,
                model=get_model(f"subject/{name}"),
                log_dir=str(folder),
                display="none",
                log_realtime=False,
                score_display=False,
            )
            assert log.status == "success"
    files = [str(file) for file in sorted(Path(folder).glob("*.eval"))]
    board = build(files, Principal.named("nonprofit"), lambda _: None)
    return figures(board, {row.name: row.name for row in board.rows})


def test_a_set_has_every_context_and_the_distance_that_was_planted(drawn: dict[str, Any]) -> None:
    found = {one["model"]: one for one in drawn["reachable"]}["subject/swayed"]
    assert found["withheld"] is None and found["spread"]["value"] > 0.1
    kinds = [context["kind"] for context in found["contexts"]]
    assert kinds.count("plain") == kinds.count("stated_utility") == 1 and kinds.count("policy") >= 8
    assert all(sum(context["theta"]) == pytest.approx(1) for context in found["contexts"])


def test_who_does_not_read_has_a_sentence_and_no_figure(drawn: dict[str, Any]) -> None:
    found = {one["model"]: one for one in drawn["reachable"]}["subject/random"]
    assert found["withheld"].startswith("not shown to read")
    assert found["contexts"] == [] and found["spread"] is None
    card = {one["model"]: one["findings"] for one in drawn["axioms"]}["subject/random"]
    others = [finding for finding in card if finding["axiom"] != "completeness"]
    assert len(others) == 5
    assert all(one["verdict"] == "not measured" and one["share"] is None for one in others)
