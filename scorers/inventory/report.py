"""What a log of an inventory has to tell: scores, reliability, response style, stability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.inference import around
from fiduciary.economics.psychometrics.instruments import DOMAIN_NAMES, norms
from fiduciary.economics.psychometrics.reliability import (
    CAVEAT,
    Coefficient,
    Stability,
    cronbach_alpha,
    mcdonald_omega,
    retest,
)
from fiduciary.economics.psychometrics.response_style import ResponseStyle, response_style, text_agreement
from fiduciary.economics.psychometrics.scoring import ScaleScore, percentile, scale_scores
from fiduciary.errors import UsageError
from fiduciary.scorers.inventory.grounds import grounds
from fiduciary.scorers.inventory.logs import Contender, match
from fiduciary.scorers.inventory.table import Administration, administration
from fiduciary.scorers.logs import model_arguments_of
from fiduciary.scorers.reports import Cell, Figures, Options, Report, Section, Told, reading, report_of


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log, beside ``options.retest`` where that is given.

    Raises:
        ValueError: samples that are not of one inventory.
        UsageError: a second run that does not compare.
    """
    own = Contender(str(log.eval.model), log.location, log.status, administration(log))
    return Told(log, _report(log, own, options.retest, options.level))


def title(scale: str) -> str:
    """A domain's letter with its name; any other name as it is."""
    return f"{scale} {DOMAIN_NAMES[scale]}" if scale in DOMAIN_NAMES else scale


def reasons(data: Administration) -> str:
    """Missing answers by reason."""
    return ", ".join(f"{name} {count}" for name, count in data.reasons().most_common()) or "none"


def flagged(data: Administration, style: ResponseStyle) -> str:
    """The flag, and what else may be behind it."""
    either = style.flag in ("always agrees", "always disagrees") and not any(data.key.reversed)
    return style.flag + (" (or the traits themselves: no item is reversed)" if either else "")


def _report(log: EvalLog, one: Contender, again: Mapping[str, Sequence[Contender]], level: float) -> Report:
    data, about = one.data, one.data.about
    own = grounds(data)
    body: list[Figures | str] = [
        f"{about['instrument']['name']} statements, elicitation {about['elicitation']}, context "
        f"{about['context']}, temperature {about['temperature']:g}; {len(data.group)} administrations, "
        f"{len(data.blocks()[0])} blocks; model arguments: {model_arguments_of(log)}"
    ]
    if own.withheld is not None:
        body.append(f"no scores: {own.withheld}")
    else:
        body += _scales(data, level)
    body += _style(data)
    if own.withheld is None and (repeats := _between_repeats(data)) is not None:
        body.append(_stability("repeat 1 and repeat 2", repeats))
    lost = f"missing answers: {data.missing:.1%} ({reasons(data)})"
    first = Section("", reading(own), lost, tuple(body))
    return report_of(log, first, *(_retest(one, other) for other in again.get(about["task"], [])))


def _scales(data: Administration, level: float) -> Iterator[Figures | str]:
    """Domains, and the facets of each where it has several."""
    _, agreement = data.blocks()
    keyed = data.key.keyed(agreement)
    official = data.about["instrument"]["name"] == "official"
    published = norms(str(data.about["task"])) if official else {}
    rank = ("percentile",) if published else ()

    def row(score: ScaleScore, members: np.ndarray, *labels: str) -> tuple[Cell, ...]:
        value = around(score.value, score.se, max(1, score.blocks - 1), level, units=score.blocks)
        of_items = (_known(cronbach_alpha(keyed[:, members])), _known(mcdonald_omega(keyed[:, members])))
        cells: tuple[Cell, ...] = (*labels, value, score.items, score.of, *of_items)
        if not published:
            return cells
        norm = published.get(score.name)
        if norm is None or not np.isfinite(score.value):
            return (*cells, None)
        return (*cells, round(percentile(score.value, norm.mean, norm.sd)))

    notes = [f"1 to 5, keyed: more is more of the trait; {level:.0%} intervals, Student's t over blocks"]
    if published:
        notes.append("percentile: among the published college sample, normal approximation")
    elif norms(str(data.about["task"])):
        notes.append("no percentiles: published norms hold for the official statements only")
    facets = scale_scores(agreement, data.key, "facet")
    above: list[tuple[Cell, ...]] = []
    below: list[tuple[Cell, ...]] = []
    for domain, score in scale_scores(agreement, data.key).items():
        own = data.key.domains[domain]
        above.append(row(score, own, title(domain)))
        names = [name for name, members in data.key.facets.items() if (members & own).any()]
        if names != [domain]:
            below += [row(facets[name], data.key.facets[name], name, title(domain)) for name in names]
    head = ("score", "items answered", "of", "alpha", "omega", *rank)
    yield Figures("domains", ("domain", *head), tuple(above), tuple(notes), decimals=2)
    if below:
        yield Figures("facets", ("facet", "of the domain", *head), tuple(below), decimals=2)
    yield CAVEAT


def _style(data: Administration) -> Iterator[Figures | str]:
    style = response_style(data.shares, data.order)
    rows: list[tuple[Cell, ...]] = [
        ("acquiescence", style.acquiescence),
        ("share that agrees", style.agrees),
        ("share that is neutral", style.neutral),
        ("share that disagrees", style.disagrees),
        ("share at the place of the label used most", style.same_label),
        ("entropy, bits", data.entropy()),
    ]
    if data.about["elicitation"] == "both":
        share, distance = text_agreement(data.text, data.probabilities)
        rows += [("share of texts that give the likeliest label", share)]
        rows += [("mean distance of texts and log-probabilities", distance)]
    if np.isfinite(data.mass_outside).any():
        rows.append(("mean probability outside the labels", float(np.nanmean(data.mass_outside))))
    apart = "" if any(data.key.reversed) else "; no item is reversed, so it cannot be told from the traits"
    notes = (
        f"acquiescence: mean agreement before keying; 3 is neutral{apart}",
        f"entropy: at most {np.log2(5):.2f} bits",
    )
    yield Figures("response style", ("figure", "value"), tuple(rows), notes)
    yield f"flag: {flagged(data, style)}"


def _between_repeats(data: Administration) -> Stability | None:
    """Stability between the first and the second repeat of every cell."""
    rows = {(cell, repeat): i for i, (cell, repeat) in enumerate(zip(data.cell, data.repeat, strict=True))}
    pairs = [(i, rows[cell, 1]) for (cell, repeat), i in rows.items() if repeat == 0 and (cell, 1) in rows]
    if not pairs:
        return None
    first, second = (data.agreement[list(part)] for part in zip(*pairs, strict=True))
    return retest(first, second)


def _retest(first: Contender, second: Contender) -> Section:
    """Test–retest of two runs of one model.

    Raises:
        UsageError: runs that do not compare, or have one seed, which repeats the draws of the first.
    """
    if (seed := first.data.about["seed"]) == second.data.about["seed"]:
        raise UsageError(f"--retest must be a run with another seed (-T seed=…); both have seed {seed}")
    matched = match(first, second)
    heading = f"Test–retest: {first.name} and {second.name}, {len(matched.blocks)} blocks"
    withheld = [f"{one.name}: {why}" for one in (first, second) if (why := grounds(one.data).withheld)]
    if withheld:
        return Section(heading, body=tuple(f"no stability: {why}" for why in withheld))
    return Section(heading, body=(_stability("", retest(matched.base, matched.tuned)),))


def _stability(heading: str, found: Stability) -> Figures:
    return Figures(
        heading,
        ("stability", "value"),
        (
            ("items that both answered", found.items),
            ("correlation of the items' means", found.correlation),
            ("mean difference", found.mean_difference),
            ("mean absolute difference", found.absolute_difference),
            ("share of single answers that are identical", found.identical),
        ),
    )


def _known(found: Coefficient) -> float | None:
    return None if found.why_not else found.value
