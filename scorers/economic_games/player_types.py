"""Types of players among several logs: a finite mixture with one log, that is one model or seed, a group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspect_ai.log import EvalLog

from fiduciary.economics.games import fit_mixture, plan_shares
from fiduciary.scorers.economic_games.grounds import withheld
from fiduciary.scorers.economic_games.table import plays


def types(logs: Sequence[EvalLog], count: int, seed: int = 0) -> Iterator[str]:
    """The lines on ``count`` types.

    Args:
        logs: logs of economic games, a group each.
        count: number of types, at most as many as there are logs with a plan and beliefs.
        seed: of the search's random starts.

    Raises:
        ValueError: no plan with beliefs, no log that gives grounds for figures, more types than logs, or a
            design that does not identify them.
    """
    found = [plays(log) for log in logs]
    why = [withheld(own) for own in found]
    rows = [
        (number, play)
        for number, own in enumerate(found)
        for play in own
        if play.sequential and why[number] is None
    ]
    out = [f"{log.eval.model} cannot be a group: {one}" for log, one in zip(logs, why, strict=True) if one]
    if not rows and out:
        raise ValueError("; ".join(out))
    yield from out
    data = plan_shares(
        [play.material() for _, play in rows],
        [play.expected for _, play in rows],
        [play.shares for _, play in rows],
        [number for number, _ in rows],
    )
    fit = fit_mixture(data, count, seed=seed)
    yield (
        f"{count} types among {data.n_groups} logs: log-likelihood {fit.loglik:.1f}, BIC {fit.bic:.1f}, "
        f"ICL {fit.icl:.1f}{'' if fit.converged else ', not converged'}"
    )
    for k in range(fit.types):
        cells = [
            f"{name} {value:.3f} ({error:.3f})"
            for name, value, error in zip(fit.names, fit.values[k], fit.standard_errors[k], strict=True)
        ]
        yield f"  type {k + 1}: share {fit.shares[k]:.2f} ({fit.share_errors[k]:.2f})  {'  '.join(cells)}"
    if fit.note:
        yield f"  {fit.note}"
    for label, row in zip(fit.group_labels, fit.posterior, strict=True):
        assert isinstance(label, int)
        belongs = ", ".join(f"{p:.2f}" for p in row)
        yield f"  {logs[label].eval.model:<40} probability of each type: {belongs}"
