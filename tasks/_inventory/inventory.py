"""From a task's arguments to an inventory's ``Task``: what ``hexaco100`` and ``dark_tetrad`` share."""

from __future__ import annotations

from typing import Any

from inspect_ai import Task

from fiduciary.economics.psychometrics.instruments import own
from fiduciary.scorers.inventory import inventory_answers
from fiduciary.solvers.asking import LABEL_TEMPERATURE
from fiduciary.solvers.inventory import administer
from fiduciary.tasks._arguments import ArgumentError, number, one_of, some_of, whole_number
from fiduciary.tasks._inventory.dataset import Design, build
from fiduciary.tasks._inventory.official import load
from fiduciary.tasks._inventory.prompts import DIRECTIONS, LABELS, SINGLE_TOKEN, WORDINGS

ELICITATIONS = ("logprobs", "answer", "both")
CONTEXTS = ("fresh", "together")
FORMS = ("own", "official")

Text = str | list[str]


def inventory_task(
    name: str,
    version: str,
    *,
    instrument: Any,
    wording: Any,
    direction: Any,
    labels: Any,
    elicitation: Any,
    context: Any,
    temperature: Any,
    repeats: Any,
    seed: Any,
) -> Task:
    """The task of one instrument; the arguments are those that its ``@task`` documents.

    Raises:
        ArgumentError: an argument, or two together, that cannot be used.
        InstrumentError: ``instrument=official`` and no official text was imported.
    """
    where = one_of("context", context, CONTEXTS)
    how = _elicitation(elicitation, where)
    design = Design(
        instrument=load(name) if one_of("instrument", instrument, FORMS) == "official" else own(name),
        version=version,
        wordings=_several("wording", wording, tuple(WORDINGS), "all"),
        directions=_several("direction", direction, DIRECTIONS, "both"),
        labels=_labels(labels, how),
        repeats=whole_number("repeats", repeats, at_least=1),
        elicitation=how,
        context=where,
        temperature=_temperature(temperature, how),
        seed=whole_number("seed", seed, at_least=0),
    )
    if design.repeats > 1 and (how == "logprobs" or design.temperature == 0):
        because = "elicitation=logprobs" if how == "logprobs" else "temperature=0"
        raise ArgumentError("repeats", repeats, f"1 with {because}, since a repeat would add no information")
    return Task(
        dataset=build(design),
        solver=administer(design.seed),
        scorer=inventory_answers(),
        version=version,
        metadata={"instrument": design.instrument.form, "sha256": design.instrument.sha256},
    )


def _several(name: str, value: Any, allowed: tuple[str, ...], everything: str) -> tuple[str, ...]:
    if value == everything:
        return allowed
    chosen = some_of(name, value, [*allowed, everything])
    if everything in chosen:
        raise ArgumentError(name, value, f"{everything!r} alone, or some of {', '.join(allowed)}")
    return chosen


def _elicitation(value: Any, context: str) -> str:
    if value is None:
        return "logprobs" if context == "fresh" else "answer"
    chosen = one_of("elicitation", value, ELICITATIONS)
    if context == "together" and chosen != "answer":
        raise ArgumentError(
            "elicitation",
            value,
            "answer (or left out) with context=together, since one token cannot answer many statements",
        )
    return chosen


def _labels(value: Any, elicitation: str) -> tuple[str, ...]:
    chosen = some_of("labels", value, list(LABELS))
    if "words" in chosen and elicitation != "answer":
        raise ArgumentError(
            "labels",
            value,
            f"some of {', '.join(SINGLE_TOKEN)} with elicitation={elicitation}, since two of the words begin "
            "with the same token",
        )
    return chosen


def _temperature(value: Any, elicitation: str) -> float:
    if elicitation == "logprobs":
        if value is not None:
            raise ArgumentError(
                "temperature", value, "left out with elicitation=logprobs, which always asks at 1"
            )
        return LABEL_TEMPERATURE
    if value is None:
        return 1.0
    allowed = "a finite number of at least 0"
    given = number("temperature", value, allowed)
    if not 0 <= given < float("inf"):
        raise ArgumentError("temperature", value, allowed)
    return given
