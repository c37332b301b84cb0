"""What an adapter changed in economic games, in the report and in its card."""

from __future__ import annotations

import json

import numpy as np
import pytest
from inspect_ai.log import EvalLog

from fiduciary.economics.principals import Principal
from fiduciary.training.rebench.cards import fill
from fiduciary.training.rebench.plan import Contender, Plan, TaskSpec, make_plan
from fiduciary.training.rebench.record import as_json
from fiduciary.training.rebench.report import markdown
from fiduciary.training.rebench.run import outcome_of, shifts
from tests.comparison.players import BASE, MORAL, TASK, asked
from tests.comparison.simulated import scored
from tests.training.rebench.simulated import write_adapter, write_base


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EvalLog]:
    return asked(str(tmp_path_factory.mktemp("logs")))


def test_report_and_card_tell_it(logs, tmp_path):
    facts = {"method": "match", "target": MORAL.facts()}
    folder = write_adapter(tmp_path / "moral", "some/base", facts=facts)
    contenders = (
        Contender(BASE),
        Contender("moral", folder, MORAL, "digest", 4),
        Contender("sure", None, MORAL),
    )
    plan = Plan("some/base", contenders, (TaskSpec.parse(TASK),), tmp_path / "out")
    outcome = outcome_of(plan, "a server", (), {TASK: logs})
    text = markdown(outcome)
    assert "### economic\\_games repeats=4: social preference from plans and beliefs" in text
    assert "72 plays of 18 games, temperature 1" in text
    assert "separated (sure)" in text
    assert "| target of moral " in text and "| random plans " in text
    read = json.loads(json.dumps(as_json(outcome, tmp_path), allow_nan=False))
    [games] = read["games"]
    assert games["adapters"]["moral"]["target"] == MORAL.facts()
    assert games["adapters"]["sure"]["distance"]["adapter"] is None
    assert read["comparisons"] == []
    fill(outcome, contenders[1])
    card = (folder / "README.md").read_text("utf-8")
    assert (
        "### economic\\_games repeats=4" in card
        and "| sure" not in card
        and "**sure**" not in card
        and "target of moral" in card
    )
    facts = json.loads((folder / "training.json").read_text("utf-8"))
    assert list(facts["measured"]["games"][0]["estimates"]) == [BASE, "moral"]


def test_scores_are_corrected_over_adapters_and_scores(logs):
    rng = np.random.default_rng(1)
    base = {(i, 1): {"x": 0.0, "y": 0.0} for i in range(50)}
    own = {key: {"x": float(rng.normal(0.5)), "y": float(rng.normal())} for key in base}
    other = {key: {"x": float(rng.normal()), "y": float(rng.normal(0.3))} for key in base}
    given = {BASE: base, "a": own, "c": other}
    found = shifts({name: scored(logs[BASE], values) for name, values in given.items()})
    changes = [change for of in found.values() for change in of]
    p = np.sort([change.p_value for change in changes])
    expected = np.minimum(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), 1)
    np.testing.assert_allclose(np.sort([change.adjusted for change in changes]), expected)


def test_a_target_of_games_is_no_target_of_stakeholder_choices(tmp_path):
    """An adapter's own facts say which kind it is; choices are then compared with the base alone."""
    base = tmp_path / "base"
    write_base(base)
    folder = write_adapter(tmp_path / "moral", str(base), facts={"target": MORAL.facts()})
    plan = make_plan(str(base), [str(folder)], [TASK], tmp_path / "out", Principal.named("nonprofit"))
    assert plan.contenders[1].target == MORAL
