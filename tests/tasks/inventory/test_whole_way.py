"""From the task to scores in a log: what was put into a subject comes back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inspect_ai import Task, eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, GenerateConfig, get_model

from fiduciary.economics.psychometrics.scoring import scale_scores
from fiduciary.scorers.inventory.table import administration
from fiduciary.subjects.inventory import DOMAINS, agreement_probabilities, slug
from fiduciary.tasks.dark_tetrad.task import dark_tetrad
from fiduciary.tasks.hexaco100.task import hexaco100
from fiduciary.tasks.inventory.official import store
from tests.economics.psychometrics.test_instruments import VECTORS
from tests.tasks.inventory.from_log import keyed, metrics, scored
from tests.tasks.inventory.test_official import stand_ins

Run = Callable[..., EvalLog]

ONE_BLOCK = {"wording": "plain", "direction": "ascending", "labels": "numbers"}
PROFILE = {facet: round(1.4 + 3.2 * (i * 7 % 29) / 28, 2) for i, facet in enumerate(DOMAINS)}
"""A mean of its own for every facet of both instruments."""


def expected(mean: float, sd: float) -> float:
    """Mean of the answers 1 … 5 that a mean before rounding gives."""
    return float(agreement_probabilities(mean, sd) @ np.arange(1, 6))


def subject(name: str = "trait_profile", **arguments: Any) -> Any:
    return get_model(f"subject/{name}", memoize=False, **arguments)


def profiled(**arguments: Any) -> Any:
    return subject(**{slug(facet): mean for facet, mean in PROFILE.items()}, **arguments)


def domains(log: EvalLog) -> dict[str, float]:
    """Scores as the key has them, whether or not there are grounds for showing them."""
    data = administration(log)
    return {name: score.value for name, score in scale_scores(data.blocks()[1], data.key).items()}


def log_of(task: Task, model: Any) -> EvalLog:
    [log] = eval(task, model=model, score_display=False, max_connections=100)
    return log


@pytest.mark.parametrize("task", [hexaco100, dark_tetrad])
def test_probabilities_of_labels_return_every_facet_exactly(task: Any) -> None:
    for facet, answers in keyed(log_of(task(**ONE_BLOCK), profiled(sd=0.7))).items():
        np.testing.assert_allclose(answers.mean(), expected(PROFILE[facet], 0.7), atol=1e-9)


def test_the_whole_inventory_in_one_block_takes_less_than_thirty_seconds() -> None:
    begun = time.monotonic()
    log = log_of(hexaco100(**ONE_BLOCK), subject())
    assert log.status == "success" and time.monotonic() - begun < 30


@pytest.mark.slow
@pytest.mark.parametrize("context", ["fresh", "together"])
def test_text_returns_every_facet_within_three_standard_errors(context: str) -> None:
    """29 facets: one is beyond three standard errors by chance in about 1 seed of 13; this one is not."""
    repeats = 1 if context == "fresh" else 4
    arguments = {"elicitation": "text", "context": context, "repeats": repeats, "seed": 1}
    for task in (hexaco100, dark_tetrad):
        for facet, answers in keyed(log_of(task(**arguments), profiled(sd=0.7))).items():
            p = agreement_probabilities(PROFILE[facet], 0.7)
            mean = p @ np.arange(1, 6)
            se = math.sqrt((p @ np.arange(1, 6) ** 2 - mean**2) / answers.size)
            assert abs(answers.mean() - mean) < 3 * se, facet


@pytest.mark.parametrize(("answer", "elicitation"), [(5, "choose"), (5, "text"), (1, "choose")])
def test_a_constant_answer_scores_what_the_key_implies_and_is_flagged(answer: int, elicitation: str) -> None:
    task = hexaco100(elicitation=elicitation, wording="plain", labels="numbers")
    log = log_of(task, subject("constant", answer=answer))
    found, own = metrics(log), domains(log)
    assert {domain: own[domain] for domain in VECTORS[answer]} == pytest.approx(VECTORS[answer])
    assert found["reads"] == 0 and all(math.isnan(found[domain]) for domain in VECTORS[answer])
    assert found["acquiescence"] == pytest.approx(answer) and found["missing"] == 0
    assert found["flag"] not in (0, 1), "agreeing with all is not taking one label for all"


def test_the_same_label_is_told_apart_from_agreeing() -> None:
    found = metrics(log_of(dark_tetrad(wording="plain", labels="letters"), subject("same_label")))
    assert found["acquiescence"] == pytest.approx(3)
    assert found["flag"] == 1


def test_constant_answers_to_an_official_text_give_the_vectors_too(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    store("hexaco100", stand_ins("hexaco100"))
    log = log_of(hexaco100(instrument="official", **ONE_BLOCK), subject("constant", answer=5))
    assert {d: domains(log)[d] for d in VECTORS[5]} == pytest.approx(VECTORS[5])
    unknown = log_of(hexaco100(instrument="official", elicitation="text", **ONE_BLOCK), subject())
    assert metrics(unknown)["missing"] == 1, "a profile knows the own statements only"


def test_acquiescence_comes_back_and_leaves_balanced_facets_alone() -> None:
    biased = log_of(hexaco100(**ONE_BLOCK), subject(acquiescence=0.5, sd=0.8))
    assert metrics(biased)["acquiescence"] == pytest.approx(expected(3.5, 0.8))
    assert domains(biased)["C"] == pytest.approx(3)


def test_desirability_shows_only_with_many_statements_in_one_prompt() -> None:
    model = {"desirability": 0.8, "sd": 0.5}
    alone = domains(log_of(hexaco100(elicitation="text", **ONE_BLOCK), subject(**model)))
    crowd = domains(log_of(hexaco100(context="together", repeats=6, **ONE_BLOCK), subject(**model)))
    for domain in "HXACO":
        assert alone[domain] == pytest.approx(3, abs=0.4)
        assert crowd[domain] == pytest.approx(expected(3.8, 0.5), abs=0.3)
    assert crowd["E"] == pytest.approx(3, abs=0.3)
    assert np.mean([crowd[d] - alone[d] for d in "HXACO"]) > 0.5


def test_both_ways_of_asking_are_kept_apart() -> None:
    found = scored(log_of(dark_tetrad(elicitation="both", **ONE_BLOCK), profiled(sd=0.4)))
    assert all(p is not None for p in found[0]["probabilities"])
    assert all(text in range(1, 6) for text in found[0]["text"])


@pytest.mark.parametrize(("elicitation", "refusals"), [("text", 1), ("choose", 0.6)])
def test_refusals_are_missing_and_counted(elicitation: str, refusals: float) -> None:
    """Where labels are chosen from, a refusal is what the labels do not hold: here more than half."""
    found = metrics(log_of(dark_tetrad(elicitation=elicitation, **ONE_BLOCK), subject(refusals=refusals)))
    assert found["missing"] == 1
    assert math.isnan(found["Sadism"])


def test_the_same_command_gives_the_same_answers_and_another_seed_others() -> None:
    def texts(seed: int) -> list[Any]:
        task = dark_tetrad(elicitation="text", seed=seed, repeats=2, **ONE_BLOCK)
        return [block["text"] for block in scored(log_of(task, subject()))]

    first = texts(0)
    assert first == texts(0) != texts(1)
    assert len({str(block) for block in first}) == len(first), "every block draws for itself"


def test_words_are_read() -> None:
    log = log_of(dark_tetrad(elicitation="text", labels="words", wording="usual"), profiled(sd=0.001))
    for facet, answers in keyed(log).items():
        assert np.abs(answers - PROFILE[facet]).max() < 0.51


def test_answers_that_cannot_be_used_are_missing_with_a_reason(run: Run) -> None:
    said = ["4", "7", "I would rather not answer that.", "Strongly agree, or strongly disagree.", ""]
    replies = iter(said * 6)

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        return next(replies)

    log = run(dark_tetrad(elicitation="text", **ONE_BLOCK), respond, max_connections=1)
    [block] = scored(log)
    assert block["agreement"][0] == 4
    assert set(block["reason"]) == {None, "out of range", "refused", "both poles", "empty"}
