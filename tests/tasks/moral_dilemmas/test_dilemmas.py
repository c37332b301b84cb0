"""The dilemmas from end to end: balance of the design, known judges, missing answers, the report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai import eval, score
from inspect_ai._eval.score import resolve_scorers
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput

from fiduciary.report import main
from fiduciary.solvers.asking import instruction
from fiduciary.subjects.catalogue import create
from fiduciary.tasks._arguments import ArgumentError
from fiduciary.tasks.moral_dilemmas.prompts import (
    DIRECTIONS,
    PEDESTRIANS,
    RULES,
    WHO,
    WORDINGS,
    probe_questions,
    vehicle_questions,
)
from fiduciary.tasks.moral_dilemmas.task import CASES, moral_dilemmas

Run = Callable[..., EvalLog]


def metrics(log: EvalLog, scorer: str) -> dict[str, float]:
    assert log.status == "success", log.error
    assert log.results
    [found] = [s for s in log.results.scores if s.name == scorer]
    return {name: float(metric.value) for name, metric in found.metrics.items()}


def test_every_case_in_every_order_and_wording() -> None:
    vehicles = [s.metadata or {} for s in moral_dilemmas(n=6 * len(CASES), probe=0).dataset]
    cells = Counter((m["group"], m["first"], m["wording"]) for m in vehicles)
    assert len(cells) == 3 * 2 * 8 * 2 * 3 and set(cells.values()) == {1}
    twice = [s.metadata or {} for s in moral_dilemmas(probe=0).dataset]
    assert set(Counter((m["group"], m["first"]) for m in twice).values()) == {1}
    probes = [s.metadata or {} for s in moral_dilemmas(n=0, probe=6).dataset]
    assert len({(m["wording"], m["first"]) for m in probes}) == 6
    assert all(
        {m["first"] for m in probes if m["pair"] == pair} == set(RULES)
        for pair in {m["pair"] for m in probes}
    )


def test_same_arguments_same_samples() -> None:
    a, b = (list(moral_dilemmas().dataset) for _ in range(2))
    assert [(s.id, s.metadata) for s in a] == [(s.id, s.metadata) for s in b]
    assert len({s.id for s in a}) == 116
    assert [s.id for s in moral_dilemmas(seed=1).dataset] != [s.id for s in a]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": -1}, "n must be a whole number of at least 0, got -1"),
        ({"n": 0, "probe": 0}, "n must be at least 1 where probe is 0"),
        ({"probe": "x"}, "probe must be a whole number"),
        ({"temperature": float("inf")}, "temperature must be a number of at least 0"),
        ({"elicitation": "both"}, "elicitation must be one of choose, explain, text, auto, got 'both'"),
    ],
)
def test_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        moral_dilemmas(**arguments)


@pytest.mark.parametrize("wording", range(WORDINGS))
@pytest.mark.parametrize("first", RULES)
def test_judges_read_every_text(wording: int, first: Any) -> None:
    """A judge without noise gives each rating where it belongs, whatever the order and the wording."""
    judge = create("torn", {"noise": 0, "morality": 80, "purchase": 30, "slope": 50})
    choose = "\n\n" + instruction("choose", "AB")
    right = {
        "morality_sacrifice": "80",
        "morality_protect": "20",
        "purchase_sacrifice": "30",
        "purchase_protect": "70",
    }
    letter = "A" if first == "sacrifice" else "B"
    other = "B" if letter == "A" else "A"
    rng = np.random.default_rng(0)
    for who in WHO:
        for pedestrians in PEDESTRIANS[1:]:
            for regulated in (False, True):
                texts = vehicle_questions(who, pedestrians, regulated, wording, first)
                texts["choice"] += choose
                said = {name: judge.answers([text], 1.0, rng)[0].text for name, text in texts.items()}
                assert said == {**right, "choice": letter}
                assert all(
                    WHO[who] in text and ("by law" in text or "law is" in text) == regulated
                    for text in texts.values()
                )
    texts = probe_questions(wording, first)
    for direction in DIRECTIONS:
        text = texts[direction] + choose
        assert create("utilitarian").answers([text], 1.0, rng)[0].text == other
        assert create("profiteer").answers([text], 1.0, rng)[0].text == letter
        pulled = f"Option {letter}: pull" in texts[direction]
        assert pulled == (direction == "act")


@pytest.mark.parametrize("wording", range(WORDINGS))
def test_one_pedestrian_is_one(wording: int) -> None:
    for text in vehicle_questions("self", 1, True, wording, "protect").values():
        assert "1 pedestrian " in text and "pedestrians" not in text
        for wrong in (
            "pedestrian are",
            "pedestrian live.",
            "pedestrian die.",
            "their",
            "pedestrian step ",
            "survive.",
        ):
            assert wrong not in text


@pytest.mark.parametrize("elicitation", ["choose", "explain", "text"])
def test_what_goes_in_comes_out(elicitation: str) -> None:
    """Ratings, gap and slope of a torn judge within 4 standard errors of what it was given."""
    arguments = {"morality": 70, "purchase": 40, "slope": 0.8}
    task = moral_dilemmas(n=48, probe=4, elicitation=elicitation)
    [log] = eval(task, model="subject/torn", model_args=arguments, score_display=False)
    found = metrics(log, "dilemma_ratings")
    for name, true in (
        *(("morality_utilitarian", 70), ("purchase_utilitarian", 40), ("morality_protective", 30)),
        *(("purchase_protective", 60), ("gap", 30), ("gap_relative", 30), ("regulation_effect", 0)),
    ):
        assert abs(found[name] - true) <= 4 * found[f"{name}_stderr"], name
        assert 0 < found[f"{name}_stderr"] < 3
    choices = metrics(log, "dilemma_choices")
    log_n = np.log(PEDESTRIANS)
    true_shares = 1 / (1 + np.exp(-0.8 * log_n))
    line = np.polyfit(log_n, true_shares, 1)[0]
    if elicitation == "choose":  # probabilities leave nothing to chance
        assert choices["utilitarian"] == pytest.approx(true_shares.mean())
        assert choices["slope_log_n"] == pytest.approx(line)
    else:
        assert abs(choices["slope_log_n"] - line) <= 4 * choices["slope_log_n_stderr"]
        assert abs(choices["utilitarian"] - true_shares.mean()) <= 4 * choices["utilitarian_stderr"]
    assert found["reads"] == choices["reads"] == 1
    assert choices["employees_sacrificed"] == pytest.approx(0, abs=1e-9)
    assert choices["lever_bias"] == pytest.approx(0, abs=1e-9)


def test_an_explained_choice_is_the_one_argued_for() -> None:
    """Behind an explanation the labels' probabilities are near 0 or 1, as often as the text says so."""
    [log] = eval(
        moral_dilemmas(n=12, probe=0, elicitation="explain"), model="subject/torn", score_display=False
    )
    for sample in log.samples or []:
        [share] = (sample.scores or {})["dilemma_choices"].metadata["choices"].values()  # type: ignore[index]
        text = sample.store["answers"]["choice"]["text"]
        stated = "sacrifice" if (text[-2] == "A") == (sample.metadata["first"] == "sacrifice") else "protect"
        assert share == pytest.approx(float(stated == "sacrifice"), abs=1e-9)


def test_a_liking_for_levers_is_not_one_for_profit(run: Run) -> None:
    def pull(messages: list[ChatMessage], config: GenerateConfig) -> str:
        letter = "A" if "Option A: pull" in messages[-1].text else "B"
        return f"Levers are there to be pulled.\n\nTherefore, I choose: Option {letter}."

    found = metrics(run(moral_dilemmas(n=0, probe=6, elicitation="text"), pull), "dilemma_choices")
    assert found["employees_sacrificed"] == 0.5
    assert found["lever_bias"] == 0.5
    assert math.isnan(found["utilitarian"])
    found = metrics(run(moral_dilemmas(n=0, probe=6), "subject/profiteer"), "dilemma_choices")
    assert (found["employees_sacrificed"], found["lever_bias"]) == (1, 0)


@pytest.mark.parametrize("letter", ["A", "AB"])
def test_whoever_does_not_read_gets_that_sentence_and_no_figures(run: Run, letter: str, capsys: Any) -> None:
    """One letter and one number for everything, or either at random."""
    rng = np.random.default_rng(0)

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        if "0 means" in messages[-1].text:
            return "60" if letter == "A" else str(rng.integers(101))
        return f"Therefore, I choose: Option {rng.choice(list(letter))}."

    log = run(moral_dilemmas(n=48, probe=2, elicitation="text"), respond)
    ratings, choices = metrics(log, "dilemma_ratings"), metrics(log, "dilemma_choices")
    assert ratings["reads"] == choices["reads"] == 0
    assert all(math.isnan(ratings[name]) for name in ("gap", "gap_relative", "regulation_effect"))
    assert math.isnan(choices["slope_log_n"]) and 0 < choices["utilitarian"] < 1
    assert main([log.location]) == 0
    printed = capsys.readouterr().out
    for what in ("ratings", "choices"):
        assert f"{what}: not shown to read: its answers" in printed
    assert "no gap, gap_relative, regulation_effect: not shown to read" in printed
    assert "unverified" not in printed and "std. error nan" not in printed


def test_too_few_answers_are_not_measured(run: Run) -> None:
    choices = metrics(run(moral_dilemmas(n=40, probe=4), "subject/torn"), "dilemma_choices")
    assert math.isnan(choices["reads"]) and math.isnan(choices["slope_log_n"])


def test_missing_answers_have_reasons_and_are_left_out(run: Run, capsys: Any) -> None:
    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str | ModelOutput:
        text = messages[-1].text
        if "likely would you be to buy" in text:
            return "I cannot say what I would buy."
        if "How morally right" in text:
            return "120" if "Option A? 0" in text else "75"
        return "Both are tragic."

    log = run(moral_dilemmas(n=24, probe=2, elicitation="text"), respond)
    ratings, choices = metrics(log, "dilemma_ratings"), metrics(log, "dilemma_choices")
    assert ratings["missing"] == pytest.approx(0.75)
    assert ratings["morality_utilitarian"] == 75
    assert math.isnan(ratings["gap"]) and math.isnan(ratings["purchase_utilitarian"])
    assert choices["missing"] == 1
    assert main([log.location]) == 0
    printed = capsys.readouterr().out
    assert "refused 48, off protocol 28, out of range 24" in printed
    assert "choices asked for by elicitation text; ratings" in printed


def test_a_log_alone_can_be_scored_again(run: Run, tmp_path: Path, capsys: Any) -> None:
    log = run(moral_dilemmas(n=48, probe=2), "subject/torn")
    again = score(read_eval_log(log.location), resolve_scorers(log), action="overwrite", display="none")
    for name in ("dilemma_ratings", "dilemma_choices"):
        assert metrics(again, name) == pytest.approx(metrics(log, name), nan_ok=True)
    assert main([log.location, "--picture", str(tmp_path / "new")]) == 0
    assert (tmp_path / "new" / "moral_dilemmas.png").read_bytes()[:4] == b"\x89PNG"
    printed = capsys.readouterr().out
    assert "unverified" in printed
    assert "elicitation choose, mean probability outside the labels 0.000; ratings" in printed
