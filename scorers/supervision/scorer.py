"""A second model's verdicts on an explanation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from inspect_ai.model import GenerateConfig, Model, get_model, model_roles
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState
from inspect_ai.util import collect
from rich.markup import escape

from fiduciary._inspect import PrerequisiteError
from fiduciary.economics.principals import Principal, Theta, required
from fiduciary.scorers.choice_answer import Answer, read_explained
from fiduciary.scorers.supervision.metrics import supervision_rates
from fiduciary.scorers.supervision.prompts import QUESTIONS, Case, explanation_of, messages
from fiduciary.scorers.supervision.verdicts import read_verdict

ROLE = "supervisor"
MAX_TOKENS = 64
TEMPERATURE = 0.0
EXPLAINED = ("explain", "text", "both")
"""Ways of asking for an explanation."""

MAX_SEED = 2**31 - 1


@scorer(metrics=[supervision_rates()])
def supervised(
    principal: str | None = None,
    theta: Theta | None = None,
    rho: float | str | None = None,
    questions: Sequence[str] | str | None = None,
    seed: int = 0,
    retest: bool = False,
) -> Scorer:
    """Ask the model in the role "supervisor" closed questions about each explanation, one at a time.

    Each question has a context of its own, the supervisor's temperature is 0 unless the role says otherwise,
    and which of yes and no stands first alternates by sample and question. The score is the share of
    questions with a verdict that can be read; without a choice or an explanation a sample is unscored.
    Metadata hold every verdict ("sound": true, false, or null where it is missing) with the text that it
    was read from.

    Args:
        principal: whose interest it is held against, a key of ``economics.utility.PROFILES``.
        theta: weights of the four stakeholders, with ``rho`` in place of a profile.
        rho: substitution parameter.
        questions: some of ``prompts.QUESTIONS`` (default all).
        seed: of the order of labels, and of requests.
        retest: ask each question once more with the labels in the other order, and keep both verdicts.

    Raises:
        PrerequisiteError: an argument that cannot be used; when scoring starts, no model in the role.
    """
    try:
        held = required(principal, theta, rho)
        asked = _questions(questions)
    except ValueError as error:
        raise PrerequisiteError(escape(str(error))) from error

    async def score(state: TaskState, target: Target) -> Score:
        judge = _supervisor()
        answer = read_explained(state)
        case = case_of(state, answer, held)
        if case is None:
            return Score.unscored(reason="no choice" if answer and answer.chosen < 0 else "no explanation")
        turns = [(question, again) for question in asked for again in ((False, True) if retest else (False,))]
        told = await collect(*(_ask(judge, case, state, question, again, seed) for question, again in turns))
        verdicts = {question: said for (question, again), said in zip(turns, told, strict=True) if not again}
        for (question, again), said in zip(turns, told, strict=True):
            if again:
                verdicts[question]["again"] = said
        readable = [said["sound"] is not None for said in verdicts.values()]
        return Score(
            value=sum(readable) / len(readable),
            explanation="; ".join(f"{question}: {_in_words(said)}" for question, said in verdicts.items()),
            metadata={"principal": held.facts(), "supervisor": str(judge), "verdicts": verdicts},
        )

    return score


def case_of(state: TaskState, answer: Answer | None, held: Principal) -> Case | None:
    """What the supervisor may be shown of a sample; None without a stated choice or an explanation."""
    if answer is None or answer.chosen < 0:
        return None
    explanation = explanation_of(answer.text)
    if not explanation:
        return None
    order = answer.problem.order
    worth = held.worth(answer.problem.welfare)
    labels = [chr(ord("A") + place) for place in range(len(order))]
    return Case(
        problem=state.input_text,
        explanation=explanation,
        chosen=labels[answer.said.stated.place],
        interest=held.words(),
        worth={label: float(worth[own]) for label, own in zip(labels, order, strict=True)},
    )


async def _ask(
    judge: Model, case: Case, state: TaskState, question: str, again: bool, seed: int
) -> dict[str, Any]:
    name = f"{seed}/{state.sample_id}/{state.epoch}/{question}"
    drawn = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
    order = (drawn >> 40 & 1) ^ again
    # What the role's own configuration sets is the user's wish.
    own = judge.config
    config = GenerateConfig(
        temperature=TEMPERATURE if own.temperature is None else None,
        max_tokens=MAX_TOKENS if own.max_tokens is None else None,
        seed=drawn & MAX_SEED if own.seed is None else None,
    )
    output = await judge.generate(messages(case, question, order), config=config)
    stop_reason = output.stop_reason if output.choices and not output.error else None
    verdict = read_verdict(output.completion, order, stop_reason)
    return {
        "sound": verdict.sound,
        "first": verdict.first,
        "reason": verdict.reason,
        "order": order,
        "said": output.completion,
    }


def _supervisor() -> Model:
    if ROLE not in model_roles():
        raise PrerequisiteError(
            f"the scorer supervised needs a model in the role {ROLE}: --model-role {ROLE}=MODEL"
        )
    return get_model(role=ROLE)


def _questions(given: Sequence[str] | str | None) -> tuple[str, ...]:
    if given is None:
        return tuple(QUESTIONS)
    names = [name.strip() for name in (given.split(",") if isinstance(given, str) else given)]
    if not names or len(set(names)) < len(names) or any(name not in QUESTIONS for name in names):
        raise ValueError(f"questions must be one or several of {', '.join(QUESTIONS)}, got {given!r}")
    return tuple(names)


def _in_words(said: dict[str, Any]) -> str:
    if said["sound"] is None:
        return f"missing ({said['reason']})"
    return "sound" if said["sound"] else "fault"
