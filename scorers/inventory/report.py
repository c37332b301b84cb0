"""One model's answers in the terminal: scores, reliability, response style, stability."""

from __future__ import annotations

import numpy as np

from fiduciary.economics.psychometrics.instruments import norms
from fiduciary.economics.psychometrics.reliability import (
    CAVEAT,
    Coefficient,
    Stability,
    cronbach_alpha,
    mcdonald_omega,
    retest,
)
from fiduciary.economics.psychometrics.response_style import response_style, text_agreement
from fiduciary.economics.psychometrics.scoring import ScaleScore, percentile, scale_scores
from fiduciary.scorers.inventory.grounds import grounds
from fiduciary.scorers.inventory.logs import Contender, LogError, match
from fiduciary.scorers.inventory.table import Administration
from fiduciary.scorers.inventory.tables import dashes, flagged, title, wrapped


def describe(contender: Contender) -> str:
    """The report of one administration."""
    data = contender.data
    ids, agreement = data.blocks()
    about = data.about
    reasons = ", ".join(f"{name} {count}" for name, count in data.reasons().most_common()) or "none"
    style = response_style(data.shares, data.order)
    official = about["instrument"]["name"] == "official"
    own = grounds(data)
    scales = [*_scales(data, agreement, official), "", wrapped(CAVEAT, "  ")]
    if own.withheld is not None:
        scales = [wrapped(f"no scores: {own.withheld}", "  ")]
    lines = [
        f"{contender.name}: {about['task']}, {about['instrument']['name']} statements",
        f"  log {contender.location}",
        f"  elicitation {about['elicitation']}, context {about['context']}, "
        f"temperature {about['temperature']:g}; {len(data.group)} administrations, {len(ids)} blocks",
        *(wrapped(sentence, "  ") for sentence in own.sentences),
        f"  missing answers: {data.missing:.1%} ({reasons})",
        "",
        *scales,
        "",
        "Response style",
        f"  acquiescence {style.acquiescence:.2f} (mean agreement before keying; 3 is neutral"
        + ("" if any(data.key.reversed) else "; no item is reversed, so it cannot be told from the traits")
        + ")",
        f"  agrees {style.agrees:.0%}, neutral {style.neutral:.0%}, disagrees {style.disagrees:.0%}; "
        f"the label used most stands at the same place in {style.same_label:.0%}",
        f"  entropy {data.entropy():.2f} bits of at most {np.log2(5):.2f}",
        f"  flag: {flagged(data, style)}",
    ]
    if about["elicitation"] == "both":
        share, distance = text_agreement(data.text, data.probabilities)
        lines.append(
            f"  text and log-probabilities: {share:.0%} of the texts give the likeliest label; "
            f"mean distance {distance:.2f}"
        )
    if np.isfinite(data.mass_outside).any():
        lines.append(f"  mean probability outside the labels {np.nanmean(data.mass_outside):.3f}")
    if own.withheld is None and (repeats := _between_repeats(data)) is not None:
        lines += ["", _stability("Repeat 1 and repeat 2", repeats)]
    return dashes("\n".join(lines))


def compare_runs(first: Contender, second: Contender) -> str:
    """Test–retest of two runs of one model.

    Raises:
        LogError: runs that do not compare, or have one seed, which repeats the draws of the first.
    """
    if (seed := first.data.about["seed"]) == second.data.about["seed"]:
        raise LogError(f"--retest must be a run with another seed (-T seed=…); both have seed {seed}")
    matched = match(first, second)
    heading = f"Test–retest: {first.name} and {second.name}, {len(matched.blocks)} blocks"
    withheld = [f"{one.name}: {why}" for one in (first, second) if (why := grounds(one.data).withheld)]
    if withheld:
        return "\n".join([heading, *(wrapped(f"no stability: {why}", "  ") for why in withheld)])
    return dashes(_stability(heading, retest(matched.base, matched.tuned)))


def _scales(
    data: Administration, agreement: np.ndarray[tuple[int, ...], np.dtype[np.float64]], official: bool
) -> list[str]:
    published = norms(str(data.about["task"])) if official else {}
    head = f"  {'':<34}{'score':>7}{'s.e.':>7}{'items':>7}{'alpha':>8}{'omega':>8}"
    lines = [head + (f"{'percentile':>12}" if published else "")]
    keyed = data.key.keyed(agreement)
    facets = scale_scores(agreement, data.key, "facet")
    for domain, score in scale_scores(agreement, data.key).items():
        own = data.key.domains[domain]
        entries: list[tuple[str, str, ScaleScore]] = [(title(domain), domain, score)]
        names = [name for name, members in data.key.facets.items() if (members & own).any()]
        if names != [domain]:
            entries += [(f"  {name}", name, facets[name]) for name in names]
        for label, name, scale in entries:
            members = data.key.domains[name] if scale is score else data.key.facets[name]
            columns = keyed[:, members]
            line = (
                f"  {label:<34}{scale.value:>7.2f}{scale.se:>7.2f}{f'{scale.items}/{scale.of}':>7}"
                f"{_coefficient(cronbach_alpha(columns)):>8}{_coefficient(mcdonald_omega(columns)):>8}"
            )
            if (norm := published.get(name)) is not None and np.isfinite(scale.value):
                line += f"{percentile(scale.value, norm.mean, norm.sd):>12.0f}"
            lines.append(line)
    if published:
        lines.append("  percentile: among the published college sample, normal approximation")
    elif norms(str(data.about["task"])):
        lines.append("  no percentiles: published norms hold for the official statements only")
    return lines


def _between_repeats(data: Administration) -> Stability | None:
    """Stability between the first and the second repeat of every cell."""
    rows = {(cell, repeat): i for i, (cell, repeat) in enumerate(zip(data.cell, data.repeat, strict=True))}
    pairs = [(i, rows[cell, 1]) for (cell, repeat), i in rows.items() if repeat == 0 and (cell, 1) in rows]
    if not pairs:
        return None
    first, second = (data.agreement[list(part)] for part in zip(*pairs, strict=True))
    return retest(first, second)


def _stability(heading: str, found: Stability) -> str:
    return (
        f"{heading}\n  over {found.items} items: r = {found.correlation:.3f}, mean difference "
        f"{found.mean_difference:+.3f}, mean absolute difference {found.absolute_difference:.3f}; "
        f"{found.identical:.0%} of single answers are identical"
    )


def _coefficient(found: Coefficient) -> str:
    return "–" if found.why_not else f"{found.value:.2f}"
