"""The task: how a model describes itself on four dark traits."""

from __future__ import annotations

from inspect_ai import Task, task

from fiduciary.tasks._arguments import known_names
from fiduciary.tasks._server import check_server
from fiduciary.tasks.inventory.inventory import Text, inventory_task

VERSION = "2-A"


@task
@known_names
def dark_tetrad(
    instrument: str = "own",
    wording: Text = "all",
    direction: Text = "both",
    labels: Text = "numbers,letters",
    elicitation: str = "auto",
    context: str = "fresh",
    temperature: float | str | None = None,
    repeats: int = 1,
    seed: int = 0,
) -> Task:
    """Rate 28 statements about oneself, each in a context of its own, in blocks of different form.

    Args:
        instrument: ``own`` (statements written for this project) or ``official`` (the text that was
            imported by ``fiduciary inventory import dark_tetrad FILE``).
        wording: ``all``, or some of ``plain``, ``agreement``, ``usual``.
        direction: of the scale: ``both``, ``ascending`` or ``descending``.
        labels: some of ``numbers``, ``letters``, ``words`` (the last as texts only).
        elicitation: ``choose`` (the turn is begun with the closing words, the labels' log-probabilities
            are read), ``text`` (the bare answer), ``both``, asked separately, or ``auto``: choose where the
            provider continues turns and labels are single tokens, else text.
        context: ``fresh`` (one statement a context) or ``together`` (all in one prompt).
        temperature: of texts, 1 by default.
        repeats: times that every block is asked, with other draws (texts only).
        seed: of the requests.
    """
    check_server()
    return inventory_task(
        "dark_tetrad",
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
