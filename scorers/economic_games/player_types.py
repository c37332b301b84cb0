"""Types of players among several logs: a finite mixture with one log, that is one model or seed, a group."""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai.log import EvalLog

from fiduciary.economics.games import fit_mixture, plan_shares
from fiduciary.economics.inference import Interval
from fiduciary.errors import UsageError
from fiduciary.scorers.economic_games.grounds import withheld
from fiduciary.scorers.economic_games.table import Play
from fiduciary.scorers.reports import Figures, Report, Section


def types(logs: Sequence[EvalLog], found: Sequence[Sequence[Play]], count: int, seed: int = 0) -> Report:
    """The report on ``count`` types; a sentence where no log gives grounds for figures.

    Args:
        logs: logs of economic games, a group each.
        found: the plays of each.
        count: number of types, at most as many as there are logs with a plan and beliefs.
        seed: of the search's random starts.

    Raises:
        UsageError: no plan with beliefs, more types than logs, or a design that does not identify them.
    """
    why = [withheld(own) for own in found]
    left_out = [
        f"{log.eval.model} cannot be a group: {one}" for log, one in zip(logs, why, strict=True) if one
    ]
    body: tuple[Figures | str, ...] = (f"no {count} types: {'; '.join(left_out)}",)
    if any(one is None for one in why):
        body = (*left_out, *_mixture(logs, found, why, count, seed))
    return Report(
        "economic_games",
        f"{count} types among {len(logs)} logs",
        f"types={count}, seed={seed}",
        ", ".join(log.location for log in logs),
        ", ".join(sorted({str(log.eval.task_version) for log in logs})),
        ", ".join(sorted({log.status for log in logs})),
        (Section(body=body),),
    )


def _mixture(
    logs: Sequence[EvalLog],
    found: Sequence[Sequence[Play]],
    why: Sequence[str | None],
    count: int,
    seed: int,
) -> tuple[Figures, ...]:
    rows = [
        (number, play)
        for number, own in enumerate(found)
        for play in own
        if play.sequential and why[number] is None
    ]
    try:
        data = plan_shares(
            [play.material() for _, play in rows],
            [play.expected for _, play in rows],
            [play.shares for _, play in rows],
            [number for number, _ in rows],
        )
        fit = fit_mixture(data, count, seed=seed)
    except ValueError as error:
        raise UsageError(f"no {count} types: {error}") from error
    numbers = [f"type {k + 1}" for k in range(fit.types)]
    return (
        Figures(
            f"{count} types among {data.n_groups} logs",
            ("type", "share", *fit.names),
            tuple(
                (
                    numbers[k],
                    Interval(fit.shares[k], stderr=fit.share_errors[k], units=data.n_groups),
                    *(
                        Interval(value, stderr=error, units=data.n_groups)
                        for value, error in zip(fit.values[k], fit.standard_errors[k], strict=True)
                    ),
                )
                for k in range(fit.types)
            ),
            (fit.note,) if fit.note else (),
        ),
        Figures(
            "probability of each type",
            ("log", *numbers),
            tuple(
                (logs[label].eval.model, *row)
                for label, row in zip(fit.group_labels, fit.posterior.tolist(), strict=True)
                if isinstance(label, int)
            ),
            decimals=2,
        ),
        Figures(
            "fit",
            ("figure", "value"),
            (
                ("log-likelihood", fit.loglik),
                ("BIC", fit.bic),
                ("ICL", fit.icl),
                ("converged", "yes" if fit.converged else "no"),
            ),
            decimals=1,
        ),
    )
