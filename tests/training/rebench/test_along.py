"""What a re-benchmark tells along a training, from its checkpoints to what it ended with."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from fiduciary.comparison.choices import Answers, Choices, Comparison
from fiduciary.comparison.paired import Change
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.principals import Principal
from fiduciary.scorers.rendering import as_text
from fiduciary.scorers.reports import Report
from fiduciary.training.rebench.along import along, along_json, panels
from fiduciary.training.rebench.picture import draw_along
from fiduciary.training.rebench.plan import BASE, Contender, Plan, TaskSpec
from fiduciary.training.rebench.run import Outcome
from tests.training.rebench.simulated import write_adapter

CHOICES, DILEMMAS, GAMES = "stakeholder_choice n=100", "moral_dilemmas", "economic_games"
NAN = float("nan")
REACHED = {"run-10": (NAN, 0.2), "run-20": (0.3, 0.1), "run": (0.05, 0.01)}
"""Contender → distance and loss share; the base's are .7 and .25."""


def answers(valid: int) -> Answers:
    return Answers(None, np.zeros((100, 2)), Grounds(None, 100, valid), None, "", {}, {})


def choices(distance: float, lost: float) -> Choices:
    figures = (("loss_share", 0.25, lost), ("consistent", 0.5, 1 - lost), ("missing", 0.0, 0.02))
    changes = tuple(Change(f"stakeholder_choice.{name}", a, b) for name, a, b in figures)
    return Choices(Principal.named("nonprofit"), changes, distance=(0.7, distance))


def moved(*p_values: float) -> tuple[Change, ...]:
    return tuple(Change("x", 0, 1, 1, 0.1, p / 2, adjusted=p) for p in p_values)


@pytest.fixture
def outcome(tmp_path) -> Outcome:
    """A training with two checkpoints, of which the first is not measured, and an adapter without any."""
    contenders = [Contender(BASE)]
    for name, steps in (("run-20", 20), ("run-10", 10), ("run", 30), ("other", 30)):
        folder = write_adapter(tmp_path / name, "base", facts={"steps": steps, "seen": 4 * steps})
        contenders.append(Contender(name, folder, checkpoint_of="run" if "-" in name else ""))
    asked = {name: answers(10 if name == "run-10" else 100) for name in (BASE, *REACHED)}
    found = Comparison(CHOICES, "choose", asked, {name: choices(*own) for name, own in REACHED.items()})
    shifts = {
        CHOICES: {"run": moved(0.001)},  # these are the preference itself
        DILEMMAS: {"run-10": moved(0.5, 0.06), "run-20": moved(0.04, 0.2), "run": moved(0.001, NAN)},
        GAMES: {"run-10": moved(0.5), "run-20": moved(0.5), "run": moved(0.01)},
    }
    tasks = tuple(TaskSpec.parse(label) for label in shifts)
    return Outcome(Plan("base", tuple(contenders), tasks, tmp_path), "a server", (), (found,), shifts, {})


def test_a_row_a_step_beside_the_base(outcome):
    [section] = along(outcome)
    reached, others, note = section.body
    assert reached.title == f"run: {CHOICES}, by choose" and "Holm" in note
    assert reached.columns == (
        *("step", "seen", "Σ|θ − θ*|", "loss share", "best choices", "missing", "reads the question"),
        "scores that moved",
    )
    assert reached.rows == (
        ("base", None, 0.7, 0.25, 0.5, 0.0, "yes", None),
        ("10", 40, None, 0.2, 0.8, 0.02, "not measured", "0 of 3"),
        ("20", 80, 0.3, 0.1, 0.9, 0.02, "yes", "1 of 3"),
        ("30", 120, 0.05, 0.01, 0.99, 0.02, "yes", "2 of 2"),
    )
    assert others.columns == ("step", "seen", DILEMMAS, GAMES)
    assert [row[2:] for row in others.rows] == [("0 of 2", "0 of 1"), ("1 of 2", "0 of 1"), ("1 of 1",) * 2]
    assert "along the training" in as_text([Report("", "", sections=(section,))])


def test_the_record_holds_the_same(outcome):
    read = json.loads(json.dumps(along_json(outcome), allow_nan=False))
    assert list(read) == ["run"]
    assert [point["name"] for point in read["run"]] == ["run-10", "run-20", "run"]
    assert read["run"][1] == {
        "name": "run-20",
        "steps": 20,
        "seen": 80,
        "moved": {DILEMMAS: {"moved": 1, "tested": 2}, GAMES: {"moved": 0, "tested": 1}},
    }


def test_without_other_tasks_nothing_is_said_of_them(outcome):
    [section] = along(replace(outcome, shifts={CHOICES: outcome.shifts[CHOICES]}))
    reached, _ = section.body
    assert reached.columns[-1] == "reads the question"


def test_of_other_tasks_alone_there_is_one_table(outcome):
    [section] = along(replace(outcome, comparisons=(), shifts={GAMES: outcome.shifts[GAMES]}))
    table, _ = section.body
    assert table.columns == ("step", "seen", GAMES)


def test_a_training_is_drawn_from_two_checkpoints_on(outcome, tmp_path):
    [drawn] = panels(outcome).values()
    assert [panel.title for panel in drawn] == ["Σ|θ − θ*|", "loss share", "scores that moved"]
    assert all(panel.steps == (10, 20, 30) for panel in drawn)
    [(values, base)] = drawn[0].lines.values()
    assert math.isnan(values[0]) and values[1:] == (0.3, 0.05) and base == 0.7
    assert {label: values for label, (values, _) in drawn[2].lines.items()} == {
        DILEMMAS: (0, 1, 1),
        GAMES: (0, 0, 1),
    }
    draw_along(panels(outcome), tmp_path / "checkpoints.png")
    assert (tmp_path / "checkpoints.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    few = replace(outcome.plan, contenders=tuple(c for c in outcome.plan.contenders if c.name != "run-20"))
    assert panels(replace(outcome, plan=few)) == {} and along(replace(outcome, plan=few))


def test_without_checkpoints_there_is_nothing(outcome):
    alone = replace(outcome.plan, contenders=outcome.plan.contenders[-2:])
    assert along(replace(outcome, plan=alone)) == () and along_json(replace(outcome, plan=alone)) == {}
