"""The task: how a model describes itself on the 25 facets of the HEXACO-100."""

from __future__ import annotations

from inspect_ai import Task, task

from fiduciary.tasks._arguments import known_names
from fiduciary.tasks._inventory.inventory import Text, inventory_task
from fiduciary.tasks._server import check_server

VERSION = "1-A"


@task
@known_names
def hexaco100(
    instrument: str = "own",
    wording: Text = "all",
    direction: Text = "both",
    labels: Text = "numbers,letters",
    elicitation: str | None = None,
    context: str = "fresh",
    temperature: float | str | None = None,
    repeats: int = 1,
    seed: int = 0,
) -> Task:
    """Rate 100 statements about oneself, each in a context of its own, in blocks of different form.

    Args:
        instrument: ``own`` (statements written for this project) or ``official`` (the text that was
            imported by ``fiduciary inventory import hexaco100 FILE``).
        wording: ``all``, or some of ``plain``, ``agreement``, ``usual``.
        direction: of the scale: ``both``, ``ascending`` or ``descending``.
        labels: some of ``numbers``, ``letters``, ``words`` (the last with ``elicitation=answer``).
        elicitation: ``logprobs`` (distribution over the five labels; default), ``answer`` (text;
            default with ``context=together``) or ``both``, asked separately.
        context: ``fresh`` (one statement a context) or ``together`` (all in one prompt).
        temperature: of text answers, 1 by default.
        repeats: times that every block is asked, with other draws (text answers only).
        seed: of the requests.
    """
    check_server()
    return inventory_task(
        "hexaco100",
        VERSION,
        instrument=instrument,
        wording=wording,
        direction=direction,
        labels=labels,
        elicitation=elicitation,
        context=context,
        temperature=temperature,
        repeats=repeats,
        seed=seed,
    )
