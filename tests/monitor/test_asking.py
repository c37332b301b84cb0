"""To the letter what the benchmark sends, and read as the benchmark reads."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

from fiduciary.economics.monitoring import AuditedPreference
from fiduciary.economics.utility import PROFILES
from fiduciary.errors import UsageError
from fiduciary.monitor.asking import Answer, Endpoint, ask_round, presentable
from fiduciary.monitor.baseline import Baseline, read
from fiduciary.monitor.canaries import Question, choose
from fiduciary.solvers.label_tokens import ENOUGH
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from tests.monitor.watched import NAME, Watched

FEW = 6


def evaluated(folder: Path, model: str, **arguments: Any) -> EvalLog:
    options = {k: arguments.pop(k) for k in ("max_tokens",) if k in arguments}
    (log,) = inspect_eval(
        stakeholder_choice(**arguments),
        model=get_model(model, memoize=False),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
        **options,
    )
    assert log.status == "success"
    return log


def by_messages(server: Watched) -> dict[str, dict[str, Any]]:
    return {json.dumps(request["messages"]): request for request in server.requests}


@pytest.mark.parametrize(
    "arguments",
    [
        {"elicitation": "text"},
        {"elicitation": "text", "framing": "nonprofit_justify", "context": True, "wording": "ledger"},
        {"elicitation": "choose", "wording": "compact"},
        {"elicitation": "choose", "framing": "for_profit"},
        {"elicitation": "text", "max_tokens": 40},
    ],
)
def test_the_same_requests_and_readings(server: Watched, tmp_path: Path, arguments: dict[str, Any]) -> None:
    log = evaluated(tmp_path, f"vllm/{NAME}", n=FEW, **arguments)
    sent = by_messages(server)
    samples = log.samples or []
    assert len(sent) == len(samples) >= FEW
    server.requests.clear()
    config = log.plan.config.merge(log.eval.model_generate_config).model_dump(exclude_none=True)

    async def ask() -> list[Any]:
        model = get_model(f"vllm/{NAME}", memoize=False)
        endpoint = Endpoint(model, config, seed=0, timeout=20)
        await endpoint.begin()
        answers = []
        for sample in samples:
            framing = FRAMINGS[sample.metadata["framing"]]
            answers.append(
                await endpoint.ask(Question(str(sample.id), framing, str(sample.input), sample.metadata), 1)
            )
        await model.api.aclose()
        return answers

    answers = asyncio.run(ask())
    assert by_messages(server) == sent
    for sample, answer in zip(samples, answers, strict=True):
        score = (sample.scores or {})["chosen_option"].metadata or {}
        assert answer.chosen == score["chosen"]
        assert answer.reason == (None if answer.chosen >= 0 else score["reason"] or "no answer")
        assert answer.seconds > 0


def test_a_model_that_cannot_be_asked_so_is_no_outage() -> None:
    """Without log-probabilities answers are missing, until that is no accident and the call ends."""
    questions = list(enumerate(choose(baseline(elicitation="choose"), ENOUGH + 3, seed=0).questions))
    answers: dict[int, Answer] = {}

    async def ask() -> None:
        model = get_model("subject/supervisor", memoize=False)
        await ask_round(Endpoint(model, {}, seed=0, timeout=20), questions, 1, answers.__setitem__)

    with pytest.raises(UsageError, match=r"asked as in its audit: the provider returned no log-prob.*=text"):
        asyncio.run(ask())
    assert len(answers) == ENOUGH - 1
    assert {(answer.chosen, answer.reason) for answer in answers.values()} == {(-1, "no log-probabilities")}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "elicitation", "temperature"),
    [
        ({"elicitation": "both", "temperatures": ["crossed", 0.3, 1.0]}, "choose", 1.0),
        ({"elicitation": "auto"}, "choose", 1.0),
        ({"elicitation": "explain", "temperatures": [0.3, 1.0]}, "text", 0.3),
        ({"elicitation": "text", "framing": "for_profit", "context": True}, "text", 0.5),
    ],
)
def test_how_a_log_was_asked(
    tmp_path: Path, arguments: dict[str, Any], elicitation: str, temperature: float
) -> None:
    log = evaluated(tmp_path, "subject/study1", n=60, **arguments)
    found = read(log.location)
    assert (found.elicitation, found.temperature) == (elicitation, temperature)
    assert found.context == arguments.get("context", False)
    assert found.framing == arguments.get("framing", "neutral")
    assert "temperature" not in found.config
    assert {f"place_2_of_{k}" for k in (2, 3, 4, 5)} < set(found.constants)
    assert (found.noise_p is None) is (elicitation == "choose")


def baseline(**changes: Any) -> Baseline:
    profile = PROFILES["study1"]
    return Baseline(
        **{
            "file": "x.eval",
            "digest": "0",
            "model": "m",
            "created": "now",
            "audited": AuditedPreference(profile.theta, profile.rho, profile.gamma, n=1000),
            "noise_p": None,
            "constants": {"place_2_of_3": -1.0, "place_2_of_4": -1.0, "place_3_of_4": -2.0, "label_D": 0.5},
            "framing": "nonprofit",
            "context": True,
            "wordings": ("plain", "ledger"),
            "elicitation": "text",
            "trade_offs": "default",
            "temperature": 0.5,
            "config": {},
            **changes,
        }
    )


def test_questions_of_a_canary_set() -> None:
    canary = choose(baseline(), 8, seed=3)
    assert len({question.id for question in canary.questions}) == 8
    assert canary.gain > 2
    for question, problem, offset in zip(canary.questions, canary.problems, canary.offset, strict=True):
        metadata = question.metadata
        assert question.id == problem.id == metadata["problem"]
        assert question.system == FRAMINGS["nonprofit"]
        assert question.text.startswith(f"Industry: {metadata['industry']}.")
        assert metadata["wording"] in ("plain", "ledger")
        np.testing.assert_array_equal(metadata["welfare"], problem.displayed())
        by_place = {2: [0, 0], 3: [0, -1, 0], 4: [0, -1, -2, 0.5], 5: [0, 0, 0, 0.5, 0]}
        order = metadata["order"]
        assert offset[order].tolist() == by_place[len(order)]
        assert Question.from_json(question.to_json()) == question


def test_wordings_with_coarse_figures() -> None:
    """Alone they are asked in; beside others they are left out, so that all figures are as exact."""
    assert choose(baseline(wordings=("compact",)), 5, 0).decimals == WORDINGS["compact"].decimals
    mixed = choose(baseline(wordings=("compact", "plain")), 5, 0)
    assert {question.metadata["wording"] for question in mixed.questions} == {"plain"}


def test_errors_are_made_presentable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "abcdef123")
    monkeypatch.setenv("SHORT_KEY", "a")
    assert presentable("a\n b \x1b[1m abcdef123") == "a b [1m ***"
    assert len(presentable("y" * 1000)) == 200
