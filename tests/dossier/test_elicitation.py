"""A dossier judges by the way in which the model will be asked, and by no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval

from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.case import Case, Given, gather
from fiduciary.dossier.limits import read_limits
from fiduciary.dossier.page import page
from fiduciary.economics.principals import Principal
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.tasks.transitivity.task import transitivity


def _case(folder: Path, way: str) -> Case:
    given = Given(limits=replace(read_limits(), elicitation=way))
    (case,) = gather(["nonprofit"], [str(folder)], Principal.named("nonprofit"), given, lambda _: None)
    return case


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Choices asked for in both ways, and pairs by the closing words alone."""
    folder = tmp_path_factory.mktemp("asked")
    for task in (stakeholder_choice(n=60, elicitation="both"), transitivity(n=4, elicitation="choose")):
        settings = {"display": "none", "log_realtime": False, "score_display": False}
        (log,) = inspect_eval(task, model="subject/nonprofit", log_dir=str(folder), **settings)  # type: ignore[arg-type]
        assert log.status == "success"
    return folder


@pytest.mark.parametrize(
    ("way", "used"), [("as logged", "choose"), ("choose", "choose"), ("explain", "explain")]
)
def test_figures_are_of_the_answers_that_will_be_asked_for(asked: Path, way: str, used: str) -> None:
    case = _case(asked, way)
    assert case.asked == used
    said = assemble(case)
    assert said.asked == used and f", {used}: " in page(said)
    assert ("was not stated" in page(said)) == (way == "as logged")
    others = {claim.otherwise for claim in said.claims if claim.otherwise}
    assert others == ({"transitivity (choose)"} if way == "explain" else set())
    assert any("Asked in another way" in point.text for point in said.decision.risks) == bool(others)


def test_without_answers_of_that_way_there_is_not_enough_evidence(asked: Path) -> None:
    case = _case(asked, "text")
    assert case.asked is None
    assert any("asked by both, not by text" in trouble.problem for trouble in case.left_out)
    said = assemble(case)
    assert said.decision.recommendation == "not enough evidence" and "choices" in said.decision.lacking
    (gap,) = [gap for gap in said.gaps if gap.id == "selection.screening.choices"]
    assert "-T elicitation=text" in gap.command
