"""The task for real: what is asked in which context, known subjects, and what the report says of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, GenerateConfig, Logprob, Logprobs, ModelOutput, get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.economics.logit import choice_probabilities
from fiduciary.scorers.instruments.effects import Effects, effects
from fiduciary.scorers.instruments.report import told
from fiduciary.scorers.instruments.table import table
from fiduciary.scorers.rendering import as_text
from fiduciary.scorers.reports import Options
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.instruments import Arguer
from fiduciary.tasks.instruments.prompts import ENCOURAGEMENTS
from fiduciary.tasks.instruments.task import instruments
from tests.tasks.conftest import Respond, Run

N = 80


@cache
def log_of(name: str) -> EvalLog:
    """A run on a subject, made once for all tests."""
    [log] = eval(instruments(n=N), model=get_model(f"subject/{name}"), score_display=False)
    assert log.status == "success", log.error
    return log


def found(name: str) -> Effects:
    known = effects(table(log_of(name)), seed=0)
    assert known is not None
    return known


def report(name: str) -> str:
    return " ".join(as_text([told(log_of(name), Options()).report]).split())


def truth(log: EvalLog) -> float:
    """Mean effect of arguing for a group that was asked for and is not argued for anyway, in dollars."""
    subject = create("persuaded", {})
    assert isinstance(subject, Arguer)
    effect = []
    for sample in log.samples or []:
        welfare = np.array(sample.metadata["welfare"])
        unasked = subject.argues_unasked(welfare)
        named = [k for k, who in enumerate(_GROUPS) if who in sample.metadata["encouragements"]]
        by = [100 * choice_probabilities(subject.values(welfare, k)) @ welfare for k in range(4)]
        effect += [by[k][k] - by[unasked][k] for k in named if k != unasked]
    return float(np.mean(effect))


_GROUPS = ("shareholders", "employees", "consumers", "society")


@pytest.mark.slow
def test_the_effect_of_a_subject_that_its_explanations_persuade_is_recovered() -> None:
    known, true = found("persuaded"), truth(log_of("persuaded"))
    assert known.causal and known.linear.strong
    assert abs(known.linear.effect.value - true) < 3 * known.linear.effect.stderr
    assert true in known.linear.robust and known.linear.robust.low > 0
    assert known.learned is not None and known.learned.robust.low > 0
    assert known.explanation.low > 0, "it follows transplanted explanations too"
    assert known.association.low > true, "what goes together is more than what causes"
    said = report("persuaded")
    assert "what arguing for a group causes it to gain: two stages" in said
    assert "no effect of what is argued is given" not in said


@pytest.mark.slow
def test_an_explanation_that_is_decoration_has_no_effect_though_it_goes_with_the_choice() -> None:
    known = found("decorator")
    assert known.causal and known.linear.first.low > 0.3
    assert known.linear.effect.value == pytest.approx(0, abs=1e-6)
    assert known.explanation.value == pytest.approx(0, abs=1e-6)
    assert known.association.low > 50
    assert "what arguing for a group causes it to gain: two stages" in report("decorator")


@pytest.mark.slow
def test_where_the_encouragement_acts_by_itself_no_effect_is_given_and_the_reason_is() -> None:
    known = found("directed")
    assert not known.causal and known.direct.effect.low > known.direct.margin
    assert known.context.low > 0, "an encouragement in the context moves it whatever was explained"
    assert known.linear.reduced.value == pytest.approx(0, abs=1e-6), "and out of the context it does not"
    said = report("directed")
    assert "no effect of what is argued is given: asked to choose at once, with no explanation" in said
    assert "two stages" not in said and "reduced form" in said
    results = log_of("directed").results
    assert results is not None
    metrics = {name: metric.value for name, metric in results.scores[0].metrics.items()}
    assert metrics["direct_nil"] == 0 and np.isnan(metrics["two_stage"])


@pytest.mark.slow
def test_a_model_that_follows_the_options_name_alone_does_not_read_without_it() -> None:
    """``explainer`` takes the option that its explanation names, which is cut: nothing is left to follow."""
    said = report("explainer")
    assert "behind explanations: not shown to read" in said
    assert "no figure is shown and nothing is tested" in said and "first stage" not in said


def answering(explanation: str, asked: list[tuple[str, str]]) -> Respond:
    """A model that gives one explanation and finds two letters alike; keeps the texts that it was sent."""

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        begun = messages[-1].text if messages[-1].role == "assistant" else ""
        asked.append((next(m.text for m in reversed(messages) if m.role == "user"), begun))
        if not begun:
            return ModelOutput.from_content("mockllm/model", explanation)
        output = ModelOutput.from_content("mockllm/model", "A")
        # The first two hold nearly everything, however many options there are.
        top = [{"token": label, "logprob": -0.75 if label in "AB" else -5.0} for label in "ABCDE"]
        output.choices[0].logprobs = Logprobs(
            content=[Logprob.model_validate({"token": "A", "logprob": -0.75, "top_logprobs": top})]
        )
        return output

    return respond


def test_letters_are_read_without_the_encouragement_and_without_options_names(run: Run) -> None:
    """The exclusion is built: of the encouragement only the explanation is left, and no option's name."""
    asked: list[tuple[str, str]] = []

    log = run(instruments(n=1), answering("Employees come first. So I favor Option B.", asked))
    assert log.status == "success", log.error
    [sample] = log.samples or []
    sentences = [text for text in sample.metadata["encouragements"].values() if text]
    behind = [(user, begun) for user, begun in asked if begun.startswith("Employees")]
    assert len(behind) == 3 + 2 * 2
    plain = [user for user, _ in behind if not any(sentence in user for sentence in sentences)]
    assert len(plain) == 3, "every explanation is read once where nothing is encouraged"
    for user, begun in behind:
        assert begun == "Employees come first. So I favor that option.\n\nTherefore, I choose: Option"
        assert sum(sentence in user for sentence in sentences) <= 1
    at_once = [user for user, begun in asked if begun == "Therefore, I choose: Option"]
    assert [sum(s in user for user in at_once) for s in sentences] == [1, 1] and len(at_once) == 3
    explained = [user for user, begun in asked if not begun]
    assert [sum(s in user for user in explained) for s in sentences] == [1, 1] and len(explained) == 3
    assert sample.scores is not None
    kept: dict[str, Any] = sample.scores["argued_choices"].metadata or {}
    assert set(kept["argued"].values()) == {1}


def test_refused_explanations_are_missing_and_counted(run: Run) -> None:
    log = run(instruments(n=2), answering("I cannot make this decision.", []))
    assert log.status == "success", log.error
    read = table(log)
    assert read.reasons["explanation: refused"] == 14
    assert sum(read.reasons.values()) == 14 and read.asked == 20
    assert "not measured" in " ".join(as_text([told(log, Options()).report]).split())


def test_groups_and_wordings_are_drawn_evenly_and_by_the_seed() -> None:
    def drawn(seed: int) -> list[tuple[str, int]]:
        return [
            (group, form)
            for sample in instruments(n=200, seed=seed).dataset
            for group, form in (sample.metadata or {})["forms"].items()
        ]

    assert drawn(1) == drawn(1) != drawn(2)
    counts = [sum(pair == (group, form) for pair in drawn(1)) for group in _GROUPS for form in range(4)]
    assert sum(counts) == 400 and min(counts) > 10 and len(ENCOURAGEMENTS) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": 0}, "n must be a whole number of at least 1, got 0"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
        ({"trade_offs": "wages"}, "trade_offs must be one of default, published"),
        ({"framing": "kind"}, "framing must be one of"),
        ({"wording": "all"}, "wording must be one of"),
        ({"temperature": -1}, "temperature must be a finite number >= 0, got -1"),
        ({"temperature": "inf"}, "temperature must be a finite number >= 0"),
        ({"elicitation": "text"}, "instruments takes no argument 'elicitation'"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        instruments(**arguments)


def test_a_provider_that_continues_no_turn_is_refused_before_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("fiduciary.tasks.instruments.task.continues_turns", lambda: False)
    with pytest.raises(ValueError, match="model must be one whose provider continues a begun turn"):
        instruments(n=1)


def test_without_a_learner_the_linear_stage_stands_alone_and_the_report_says_what_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [log] = eval(instruments(n=60), model=get_model("subject/persuaded"), score_display=False)
    for module in ("effects", "report"):
        monkeypatch.setattr(f"fiduciary.scorers.instruments.{module}.available", lambda: False)
    said = " ".join(as_text([told(log, Options()).report]).split())
    assert "pip install 'scikit-learn>=1.9'" in said
    assert "linear" in said and "learned: the instrument" not in said
