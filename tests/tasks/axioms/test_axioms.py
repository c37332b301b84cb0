"""The axioms task from arguments to the report."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from fiduciary.__main__ import main
from fiduciary.scorers.axioms.card import card, card_rows
from fiduciary.scorers.axioms.metrics import NAMES
from fiduciary.scorers.axioms.table import axiom_table
from fiduciary.subjects.problem_text import read_options
from fiduciary.tasks._arguments import ArgumentError
from fiduciary.tasks.axioms.task import axioms
from fiduciary.tasks.menus.prompts import MENU_WORDINGS


def ask(folder: Path, subject: str, rate: float | None = None, **arguments: object) -> EvalLog:
    given = {} if rate is None else {"rate": rate}
    [log] = eval(
        axioms(**{"n": 4, **arguments}),
        model=get_model(f"subject/{subject}", **given),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    assert log.status == "success", log.error
    return log


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {name: m.value for s in log.results.scores for name, m in s.metrics.items()}


@pytest.mark.parametrize("wording", MENU_WORDINGS)
def test_what_is_shown_is_what_is_scored(wording: str) -> None:
    for sample in axioms(n=2, wording=wording).dataset:
        metadata = sample.metadata or {}
        welfare = np.array(metadata["welfare"])
        for name, text in metadata["questions"].items():
            read = read_options(text)
            order = [int(part) for part in name.split("-")]
            assert read is not None and read.welfare == pytest.approx(welfare[order], abs=1e-9)


def test_the_same_arguments_give_the_same_samples() -> None:
    first, again = list(axioms(n=2).dataset), list(axioms(n=2).dataset)
    assert [s.model_dump() for s in first] == [s.model_dump() for s in again]


def test_some_turns_are_not_begun_and_with_texts_none_is() -> None:
    begun = [(s.metadata or {})["elicitation"] for s in axioms(n=2, elicitation="choose").dataset]
    opened = [s for s in axioms(n=12, elicitation="choose").dataset if (s.metadata or {})["kind"] == "open"]
    assert {"choose", "text"} == set(begun)
    assert sum(len((s.metadata or {})["questions"]) for s in opened) == 48
    assert {(s.metadata or {})["elicitation"] for s in axioms(n=2, elicitation="text").dataset} == {"text"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"n": 1}, "n must be a whole number of at least 2"),
        ({"repeats": 0}, "repeats must be"),
        ({"repeats": 2, "elicitation": "choose"}, "repeats must be 1 with elicitation=choose"),
        ({"elicitation": "explain"}, "elicitation must be one of choose, text, auto"),
        ({"wording": "story"}, "wording must be one of"),
        ({"framing": "kind"}, "framing must be one of"),
        ({"temperature": -1, "elicitation": "text"}, "temperature must be"),
    ],
)
def test_a_bad_argument_is_named(arguments: dict[str, object], named: str) -> None:
    with pytest.raises(ArgumentError, match=named):
        axioms(**arguments)


@pytest.mark.parametrize(
    ("subject", "broken"),
    [("unreflexive", "reflexivity"), ("satiated", "monotonicity"), ("jumpy", "continuity")],
)
def test_a_planted_violation_comes_out_of_the_log(subject: str, broken: str, tmp_path: Path) -> None:
    found = metrics(ask(tmp_path, subject))
    assert found[f"{broken}_kept"] == 0
    assert found["reads"] == 1
    assert found["violated"] >= 1


def test_a_chooser_with_a_utility_violates_nothing(tmp_path: Path) -> None:
    log = ask(tmp_path, "study1", n=12)
    found = metrics(log)
    assert all(found[f"{name}_kept"] == 1 for name in NAMES.values())
    rows = card_rows(card(axiom_table(log)))
    assert [row["axiom"] for row in rows] == list(NAMES)
    assert {row["verdict"] for row in rows} == {"kept"}
    json.dumps(rows, allow_nan=False)


@pytest.mark.parametrize("elicitation", ["choose", "text"])
def test_random_answers_are_said_not_to_read(
    elicitation: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = ask(tmp_path, "random", elicitation=elicitation)
    found = metrics(log)
    assert found["completeness"] == 1
    assert all(math.isnan(found[name]) for name in NAMES.values() if name != "completeness")
    assert main(["report", log.location]) == 0
    out = capsys.readouterr().out
    assert out.count("not measured (does not read)") == 5
    assert "fitted CES" not in out
    if elicitation == "choose":
        assert re.search(r"mass_outside, .*? 0\.0000$", out, re.M)


def test_refusals_where_no_turn_is_begun_are_counted(tmp_path: Path) -> None:
    table = axiom_table(ask(tmp_path, "refuser", rate=0.45))
    finding, answers = card(table)[0], table.answers
    assert finding.verdict == "violated"
    assert finding.share.value == pytest.approx(0.55, abs=1e-6)
    assert finding.beside == answers.open_answered / answers.open_asked
    assert answers.open_refused == answers.open_asked - answers.open_answered > 0


def test_the_report_shows_card_and_curve_and_draws_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = ask(tmp_path / "logs", "study1", elicitation="text", repeats=1, n=12)
    assert main(["report", log.location, "--picture", str(tmp_path / "pictures")]) == 0
    out = capsys.readouterr().out
    order = ["it reads", "axioms", "reflexivity", "dollars that make up for $300", "fitted: shareholders"]
    places = [out.index(words, out.index("status success")) for words in order]
    assert places == sorted(places)
    assert "that this utility explains where every trade-off tips is not rejected" in out
    assert (tmp_path / "pictures" / "axioms_1.png").read_bytes().startswith(b"\x89PNG")
