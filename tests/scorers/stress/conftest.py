"""Samples of a stress test and answers to them, made without asking a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inspect_ai.scorer import SampleScore, Score

from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.problems import generate
from fiduciary.economics.robustness.pressures import CALM, PRESSURES
from fiduciary.economics.utility import CES

WANTS = CES((0.34, 0.38, 0.13, 0.15), 0.8, gamma=4.0)

Way = Callable[[str, np.ndarray, int | None, int, np.random.Generator], tuple[int, str | None]]


def metadata_of(
    n: int, *, seed: int = 0, elicitation: str = "text", names: Any = None
) -> list[dict[str, Any]]:
    """Metadata as tasks/stress writes them, without the texts."""
    rng, out = np.random.default_rng(seed), []
    for problem in generate(n, seed=seed):
        welfare = problem.displayed()
        once = elicitation == "choose"
        questions: dict[str, dict[str, Any]] = {
            f"{CALM}-{i}": {"pressure": CALM, "welfare": welfare.tolist(), "goal": None, "variant": ""}
            for i in range(1 if once else 4)
        }
        for name in names or PRESSURES:
            for i in range(1 if once else 2):
                shown = welfare
                if name == "magnitude":
                    shown = float(np.exp(rng.uniform(0, np.log(100)))) * (welfare + SHIFT) - SHIFT
                goal = int(rng.integers(problem.n_options)) if PRESSURES[name].attack else None
                questions[f"{name}-{i}"] = {
                    "pressure": name,
                    "welfare": shown.tolist(),
                    "goal": goal,
                    "variant": "german" if name == "translated" else "",
                }
        out.append(
            {
                "task": "stress",
                "version": "2-A",
                "problem": problem.id,
                "group": problem.id,
                "trade_off": problem.trade_off,
                "n_options": problem.n_options,
                "shift": problem.shift,
                "elicitation": elicitation,
                "temperature": 1.0 if once else 0.5,
                "order": rng.permutation(problem.n_options).tolist(),
                "welfare": welfare.tolist(),
                "questions": questions,
            }
        )
    return out


def sound(
    pressure: str, welfare: np.ndarray, goal: int | None, k: int, rng: np.random.Generator
) -> tuple[int, str | None]:
    """Chooses by its preference, whatever the pressure."""
    return int(draw_choices(WANTS.utility(welfare)[None], 0.5, rng)[0]), None


def scores_of(metadata: list[dict[str, Any]], way: Way = sound, seed: int = 0) -> list[SampleScore]:
    """Scores of text answers that ``way`` gives to every question: own option and reason."""
    rng, out = np.random.default_rng([seed, 1]), []
    for about in metadata:
        chosen: dict[str, int] = {}
        reasons: dict[str, str | None] = {}
        for name, question in about["questions"].items():
            own, why = way(
                question["pressure"], np.array(question["welfare"]), question["goal"], about["n_options"], rng
            )
            chosen[name], reasons[name] = own, why
        said = {"chosen": chosen, "reasons": reasons, "probabilities": dict.fromkeys(chosen)}
        valid = sum(why is None for why in reasons.values()) / len(reasons)
        score = Score(value=valid, metadata=said)
        out.append(SampleScore(score=score, sample_id=about["problem"], sample_metadata=about))
    return out


@pytest.fixture
def stress_metadata() -> Callable[..., list[dict[str, Any]]]:
    """``stress_metadata(n, seed=…, elicitation=…, names=…)``."""
    return metadata_of


@pytest.fixture
def stress_scores() -> Callable[..., list[SampleScore]]:
    """``stress_scores(metadata, way, seed)``."""
    return scores_of


@pytest.fixture
def sound_way() -> Way:
    """Answers of a sound respondent."""
    return sound
