"""The samples of a run: every game in several presentations, with all that scoring needs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.solvers.economic_games import BELIEF, CHECK, MAX_TOKENS, MAX_TOKENS_EXPLAINED, PLAN, step_name
from fiduciary.tasks.economic_games.catalogue import AnyGame, form_of, parameters, sheet_of
from fiduciary.tasks.economic_games.prompts import Presentation
from fiduciary.tasks.economic_games.sheets import (
    Item,
    Sheet,
    belief_question,
    check_question,
    decision_question,
    metadata_of,
    opening,
    plan_question,
)

VERSION = "2-B"

CHECKS = 2
"""Questions about the rules in each sample."""

_PRESENTATION_STREAM, _CHECK_STREAM = 4, 5  # keep these draws apart from others that start from the same seed


@dataclass(frozen=True)
class Design:
    """What a run asks, checked; the task's arguments after they were read.

    Attributes:
        games: by name.
        repeats: samples of each game.
        beliefs: one of ``solvers.economic_games.BELIEFS``.
        labels: one of ``prompts.LABELS``.
        elicitation: one of ``solvers.economic_games.GAME_ELICITATIONS``; decisions that are
            numbers are always stated.
        explain: whether answers begin with an explanation.
        temperature: τ of all requests.
        seed: seed of presentations, questions about the rules, and requests.
    """

    games: dict[str, AnyGame]
    repeats: int
    beliefs: str
    labels: str
    elicitation: str
    explain: bool
    temperature: float
    seed: int


def build(design: Design) -> Dataset:
    """The samples of a design, repeat by repeat, so that a run that is cut short has seen every game.

    The same design gives the same samples; those of a game do not depend on which others are asked.
    """
    shown = {name: presentations(design.repeats, design.seed, name) for name in design.games}
    samples = [
        _sample(design, name, game, repeat, shown[name][repeat])
        for repeat in range(design.repeats)
        for name, game in design.games.items()
    ]
    return MemoryDataset(samples, name="economic_games")


def presentations(repeats: int, seed: int, name: str) -> list[Presentation]:
    """Presentations of one game: each thing that is counterbalanced comes first in half of them.

    Of two repeats that follow each other a draw decides which has it first, the other has it second: so
    whether answers depend on the order can be tested by drawing anew. The four are drawn independently of
    one another.
    """
    columns = []
    for number in range(len(fields(Presentation))):
        rng = np.random.default_rng([seed, _PRESENTATION_STREAM, *name.encode(), number])
        turned = rng.integers(2, size=(repeats + 1) // 2)
        columns.append(np.stack([turned == 0, turned == 1], axis=1).reshape(-1)[:repeats])
    return [Presentation(*(bool(value) for value in row)) for row in zip(*columns, strict=True)]


def _sample(design: Design, name: str, game: AnyGame, repeat: int, shown: Presentation) -> Sample:
    sheet = sheet_of(game, design.labels, shown)
    checks = _checks(sheet, design.seed, name, repeat)
    listed = design.elicitation == "choose" and all(item.letters for item in sheet.decisions)
    steps = dict(_steps(sheet.decisions)) if listed else {}
    metadata = {
        "task": "economic_games",
        "version": VERSION,
        "game": name,
        "group": name,
        "form": form_of(game),
        "parameters": parameters(game),
        "repeat": repeat,
        "labels": design.labels,
        "beliefs": design.beliefs,
        "elicitation": "choose" if listed else "text",
        "explain": design.explain,
        "presentation": asdict(shown),
        "questions": _questions(design, sheet, checks, steps),
        "options": {question: list(item.letters) for question, (item, _) in steps.items()},
        "items": {
            PLAN: metadata_of(sheet.decisions),
            BELIEF: metadata_of(sheet.beliefs) if design.beliefs != "none" else [],
            CHECK: metadata_of(checks),
        },
        "temperature": design.temperature,
        "max_tokens": MAX_TOKENS_EXPLAINED if design.explain else MAX_TOKENS,
        "seed": design.seed,
    }
    return Sample(input=opening(sheet), id=f"{name}-{repeat + 1:02d}", metadata=metadata)


Step = tuple[Item, list[tuple[Item, int]]]
"""A decision, and the plan's earlier decisions with the actions taken."""


def _steps(decisions: Sequence[Item]) -> Iterator[tuple[str, Step]]:
    """Every decision after every course of the earlier ones, by the question's name.

    Asked so, each answer is a probability of one action given the plan so far, and their products are those
    of whole plans: a plan is one choice, and its decisions need not be independent of one another.
    """
    for place, item in enumerate(decisions):
        for actions in itertools.product((1, 0), repeat=place):
            yield step_name(actions), (item, list(zip(decisions, actions, strict=False)))


def _questions(
    design: Design, sheet: Sheet, checks: Sequence[Item], steps: Mapping[str, Step]
) -> dict[str, str]:
    """Texts by name, plan and beliefs in the order in which they are asked."""
    plan = {PLAN: plan_question(sheet, design.explain)}
    if steps:
        plan = {question: decision_question(*step) for question, step in steps.items()}
    beliefs = {BELIEF: belief_question(sheet, after=design.beliefs == "after", explain=design.explain)}
    conversation = {"before": beliefs | plan, "after": plan | beliefs, "none": plan}[design.beliefs]
    return conversation | {CHECK: check_question(checks)}


def _checks(sheet: Sheet, seed: int, name: str, repeat: int) -> list[Item]:
    rng = np.random.default_rng([seed, _CHECK_STREAM, *name.encode(), repeat])
    drawn = rng.permutation(len(sheet.checks))[:CHECKS]
    return [sheet.checks[int(i)] for i in drawn]
