"""Samples and answers to score, made without asking a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import anyio
import numpy as np
import pytest
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    Logprob,
    Logprobs,
    ModelName,
    ModelOutput,
    TopLogprob,
)
from inspect_ai.scorer import SampleScore, Score, Scorer, Target
from inspect_ai.solver import TaskState

from fiduciary.economics.problems import generate

MakeState = Callable[..., TaskState]
MakeScores = Callable[..., list[SampleScore]]


def metadata_of(
    n: int, *, elicitation: str = "text", temperature: float = 1.0, **more: Any
) -> list[dict[str, Any]]:
    """Metadata as the stakeholder task writes them, with shuffled orders."""
    rng = np.random.default_rng(4)
    return [
        {
            "welfare": p.displayed().tolist(),
            "order": rng.permutation(p.n_options).tolist(),
            "n_options": p.n_options,
            "trade_off": p.trade_off,
            "group": p.id,
            "temperature": temperature,
            "shift": p.shift,
            "elicitation": elicitation,
            **more,
        }
        for p in generate(n, seed=11)
    ]


@pytest.fixture
def metadata() -> Callable[..., list[dict[str, Any]]]:
    """Metadata of n samples."""
    return metadata_of


@pytest.fixture
def state() -> MakeState:
    """A finished sample: ``state(metadata, text, stop_reason=…, logprobs={token: log p})``."""

    def make(
        metadata: dict[str, Any],
        text: str = "",
        *,
        stop_reason: Any = "stop",
        logprobs: dict[str, float] | None = None,
        error: str | None = None,
        more: dict[str, dict[str, Any]] | None = None,
    ) -> TaskState:
        message = ChatMessageAssistant(content=text)
        content = None
        if logprobs is not None:
            top = [TopLogprob(token=t, logprob=v) for t, v in logprobs.items()]
            drawn = text if text in logprobs else next(iter(logprobs))
            content = Logprobs(content=[Logprob(token=drawn, logprob=logprobs[drawn], top_logprobs=top)])
        choice = ChatCompletionChoice(message=message, stop_reason=stop_reason, logprobs=content)
        made = TaskState(
            model=ModelName("mockllm/model"),
            sample_id=metadata.get("group", "s"),
            epoch=1,
            input="",
            messages=[],
            output=ModelOutput(model="mockllm/model", choices=[choice], error=error),
            metadata=metadata,
        )
        record = {
            "text": text,
            "stop_reason": stop_reason,
            "error": error,
            "logprobs": content.model_dump() if content else None,
        }
        made.store.set("answers", {"choice": record, **(more or {})})
        return made

    return make


@pytest.fixture
def score() -> Callable[[Scorer, TaskState], Score]:
    """Run a scorer on a finished sample."""

    def run(scorer: Scorer, state: TaskState) -> Score:
        result = anyio.run(scorer, state, Target(""))
        assert isinstance(result, Score)
        return result

    return run


@pytest.fixture
def choice_scores() -> MakeScores:
    """Scores of the choice scorer: ``choice_scores(metadata, chosen, probabilities=…)``."""

    def make(
        metadata: Sequence[dict[str, Any]],
        chosen: Sequence[int],
        probabilities: Sequence[Sequence[float | None] | None] | None = None,
    ) -> list[SampleScore]:
        out = []
        for i, (about, own) in enumerate(zip(metadata, chosen, strict=True)):
            more: dict[str, Any] = {}
            if probabilities is not None and probabilities[i] is not None:
                more = {"probabilities": list(probabilities[i] or []), "mass_outside": 0.0}
            said = {"chosen": int(own), "reason": None if own >= 0 or more else "no answer", **more}
            value = Score(value=float(own >= 0 or bool(more)), metadata=said)
            out.append(SampleScore(score=value, sample_id=f"{i}", sample_metadata=about))
        return out

    return make
