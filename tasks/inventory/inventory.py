"""From a task's arguments to an inventory's ``Task``: what ``hexaco100`` and ``dark_tetrad`` share."""

from __future__ import annotations

from typing import Any

from inspect_ai import Task

from fiduciary.economics.psychometrics.instruments import own
from fiduciary.scorers.inventory import inventory_answers
from fiduciary.solvers.asking import LABEL_TEMPERATURE
from fiduciary.solvers.inventory import ELICITATIONS, administer
from fiduciary.tasks._arguments import ArgumentError, number, one_of, some_of, whole_number
from fiduciary.tasks._elicitation import AUTO, resolved
from fiduciary.tasks.inventory.dataset import Design, build
from fiduciary.tasks.inventory.official import load
from fiduciary.tasks.inventory.prompts import DIRECTIONS, LABELS, SINGLE_TOKEN, WORDINGS

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
    styles = some_of("labels", labels, list(LABELS))
    how = _elicitation(elicitation, where, styles)
    design = Design(
        instrument=load(name) if one_of("instrument", instrument, FORMS) == "official" else own(name),
        version=version,
        wordings=_several("wording", wording, tuple(WORDINGS), "all"),
        directions=_several("direction", direction, DIRECTIONS, "both"),
        labels=styles,
        repeats=whole_number("repeats", repeats, at_least=1),
        elicitation=how,
        context=where,
        temperature=_temperature(temperature, how),
        seed=whole_number("seed", seed, at_least=0),
    )
    if design.repeats > 1 and (how == "choose" or design.temperature == 0):
        because = "elicitation=choose" if how == "choose" else "temperature=0"
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


def _elicitation(value: Any, context: str, styles: tuple[str, ...]) -> str:
    chosen = one_of("elicitation", value, [*ELICITATIONS, AUTO])
    if context == "together":
        texts_only = "with context=together, since one token cannot answer many statements"
    elif not set(styles) <= set(SINGLE_TOKEN):
        texts_only = "with labels=words, since two of them begin with the same token"
    else:
        return resolved(chosen, ELICITATIONS)
    if chosen not in ("text", AUTO):
        raise ArgumentError("elicitation", value, f"text (or auto) {texts_only}")
    return "text"


def _temperature(value: Any, elicitation: str) -> float:
    if elicitation == "choose":
        if value is not None:
            raise ArgumentError("temperature", value, "left out with elicitation=choose, which asks at 1")
        return LABEL_TEMPERATURE
    if value is None:
        return 1.0
    allowed = "a finite number of at least 0"
    given = number("temperature", value, allowed)
    if not 0 <= given < float("inf"):
        raise ArgumentError("temperature", value, allowed)
    return given
