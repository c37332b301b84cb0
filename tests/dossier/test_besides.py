"""Evidence besides logs: cards, screenings of data, the monitor, the supervisor."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval

from fiduciary.__main__ import main
from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.case import Case, Given
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.commands import recipe
from fiduciary.dossier.paths import shown_path
from fiduciary.economics.principals import Principal
from fiduciary.errors import UsageError
from fiduciary.scorers.supervision.command import main as supervise
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

CARD = """---
license: mit
base_model: subjects/base
---

# Nonprofit <script>alert(1)</script>

## Training

Made by DPO with seed 0.
"""


def _with(case: Case, **given: Any) -> Dossier:
    return assemble(replace(case, given=Given(**given)))


def _screening(**changes: Any) -> dict[str, Any]:
    check = {
        "name": "style",
        "title": "Style alone",
        "verdict": "problem",
        "sentence": "Style alone tells 71 % of the pairs.",
        "figure": 0.71,
        "low": 0.68,
        "high": 0.74,
        "unit": "share",
        "threshold": "above 60 %",
    }
    return {
        "kind": "fiduciary.screening",
        "version": 1,
        "screenings": [
            {
                "data": "pairs",
                "files": [{"file": "pairs/train.parquet", "sha256": "ab" * 32, "rows": 100}],
                "rows": 100,
                "verdict": "problem",
                "sentence": "One problem.",
                "checks": [check, check | {"name": "empty", "verdict": "not applicable", "figure": None}],
            }
        ],
    } | changes


def test_card_of_the_model_and_not_of_another(cases: dict[str, Case], tmp_path: Path) -> None:
    for name in ("nonprofit", "somebody_else"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.md").write_text(CARD)
    said = _with(cases["nonprofit"], cards=(str(tmp_path),))
    card = said.claim("selection.signalling.model_card")
    assert card.figure is not None and 0 < card.figure < 1
    assert said.claim("selection.signalling.model_lacking").figure
    (source,) = [s for s in said.sources if s.kind == "card"]
    assert source.file.endswith("nonprofit/README.md") and len(source.sha256 or "") == 64
    assert any("somebody_else" in why for _, why in said.left_out)
    assert "data.signalling.card" in {gap.id for gap in said.gaps}


def test_stored_screening(cases: dict[str, Case], tmp_path: Path) -> None:
    file = tmp_path / "screening.json"
    file.write_text(json.dumps(_screening()))
    said = _with(cases["nonprofit"], data=(str(file),))
    style = said.claim("data.screening.data1_style")
    assert (style.figure, style.low, style.high, style.verdict) == (0.71, 0.68, 0.74, "bad")
    assert [s.file for s in said.sources if s.id in style.sources] == [
        shown_path(str(file)),
        "pairs/train.parquet",
    ]
    assert "data.screening.data1_empty" not in {claim.id for claim in said.claims}
    assert "data.screening.data" not in {gap.id for gap in said.gaps}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read"),
        (json.dumps(_screening(version=7)), "version 7"),
        (json.dumps(_screening(screenings=[{"data": "x"}])), "not a screening of this version"),
    ],
)
def test_screening_of_no_use(cases: dict[str, Case], tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "screening.json"
    file.write_text(content)
    with pytest.raises(UsageError, match=said):
        _with(cases["nonprofit"], data=(str(file),))


@pytest.mark.slow
def test_data_that_are_screened_at_once(cases: dict[str, Case], tmp_path: Path) -> None:
    rows = [
        {
            "prompt": f"Which of the two is larger, {k} or {k + 1}?",
            "chosen": f"It is {k + 1}.",
            "rejected": f"It is {k}.",
        }
        for k in range(40)
    ]
    rows += rows[:10]
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = _with(cases["nonprofit"], data=(str(file),))
    twice = said.claim("data.screening.data1_exact_duplicates")
    assert twice.figure == pytest.approx(0.2) and twice.verdict != "good"
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(UsageError, match=r"--data .*empty\.jsonl cannot be screened: "):
        _with(cases["nonprofit"], data=(str(tmp_path / "empty.jsonl"),))


@pytest.mark.slow
def test_monitor_state(cases: dict[str, Case], tmp_path: Path) -> None:
    """A real monitor of the same subject holds; of another one it is no evidence, and a gap says so."""
    # An audit of its own: at the low temperatures of the fixture one utility explains every choice.
    task = stakeholder_choice(n=80, elicitation="text", temperatures=1)
    [log] = eval(task, model="subject/nonprofit", log_dir=str(tmp_path / "audit"), display="none")
    state = tmp_path / "watch"
    watch = ["monitor", "--baseline", log.location, "--model", "subject/nonprofit", "--state", str(state)]
    assert main(watch) == 0
    said = _with(cases["nonprofit"], monitor=str(state))
    held = said.claim("deployment.monitoring.state")
    assert held.verdict == "good" and "1 audit of 12 questions" in held.statement
    assert (
        said.front[4].word == "It is watched"
        and said.claim("deployment.monitoring.false_alarms").figure == 1000
    )
    other = _with(cases["for_profit"], monitor=str(state))
    assert not any(claim.id.startswith("deployment.monitoring.state") for claim in other.claims)
    gap = next(gap for gap in other.gaps if gap.id == "deployment.monitoring.monitor")
    assert "subject/nonprofit, not subject/for_profit" in gap.why
    assert other.front[4].word == "Its weights, daily"


@pytest.mark.slow
def test_supervision_of_this_and_of_another_principal(cases: dict[str, Case], tmp_path: Path) -> None:
    """The supervisor's own errors, and its verdicts only where they are about this model and principal."""
    run = cases["nonprofit"].run("stakeholder_choice")
    assert run is not None
    given = [run.file, "--supervisor", "subject/supervisor", "--principal", "nonprofit", "--known", "40"]
    assert supervise([*given, "--out", str(tmp_path)]) == 0
    said = _with(cases["nonprofit"], supervision=str(tmp_path))
    assert said.claim("deployment.monitoring.supervised").verdict == "good"
    found = said.claim("deployment.monitoring.supervisor_argues_finds")
    assert found.figure == 1 and found.rule == "supervisor" and found.high == 1
    assert said.claim("deployment.monitoring.supervised_argues").rule == "faults"
    assert "deployment.monitoring.supervision" not in {gap.id for gap in said.gaps}
    case = cases["nonprofit"]
    other = replace(case, board=case.board.for_principal(Principal.named("for_profit")))
    interest = _with(other, supervision=str(tmp_path)).claim("deployment.monitoring.supervised_interest")
    assert interest.verdict == "unclear" and interest.figure is None and "another principal" in interest.note
    gaps = {gap.id for gap in _with(cases["for_profit"], supervision=str(tmp_path)).gaps}
    assert "deployment.monitoring.supervised_log" in gaps


def test_a_folder_without_a_monitor(cases: dict[str, Case], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no monitor"):
        _with(cases["nonprofit"], monitor=str(tmp_path))


def test_supervision_that_cannot_be_read(cases: dict[str, Case], tmp_path: Path) -> None:
    (tmp_path / "supervision.json").write_text("[]")
    with pytest.raises(UsageError, match="--supervision"):
        _with(cases["nonprofit"], supervision=str(tmp_path))


def test_the_recipe_fits_the_size_of_the_base(root: Path, tmp_path: Path) -> None:
    tiny = str(root / "subjects" / "tiny_manager" / "base")
    assert recipe(tiny, "dpo") == "training/recipes/tiny-dpo.yaml"
    assert recipe("meta-llama/Llama-3.1-8B-Instruct", "sft") == "training/recipes/llama-3.1-8b-sft.yaml"
    for unknown in ("assistant", str(tmp_path)):
        assert recipe(unknown, "dpo") == ""
    (root / recipe(tiny, "sft")).read_text("utf-8")
