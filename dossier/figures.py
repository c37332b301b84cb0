"""Pictures of a place's findings, drawn from the claims and from nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matplotlib.figure import Figure

from fiduciary.dossier.finding import Claim
from fiduciary.dossier.markup import Markup, tag, text
from fiduciary.dossier.rules import Rule
from fiduciary.dossier.svg import inline
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.estimation import THETA_NAMES

INK, MUTED, RULE = "#1a1d21", "#545b64", "#d5d9dd"
COLOURS = {"good": "#176336", "bad": "#a01c22", "unclear": "#7a4a00", "information": "#0b5cad"}
MARKS = {"good": "o", "bad": "s", "unclear": "D", "information": "o"}


def of(place: str, claims: Sequence[Claim], wanted: Sequence[float], part: Rule) -> Markup | None:
    """The pictures that a topic's claims allow; None if they allow no picture.

    Args:
        wanted: the principal's weights.
        part: by what shares lost are judged.
    """
    by_id = {claim.id: claim for claim in claims}
    drawn = []
    if f"{place}.{THETA_NAMES[0]}" in by_id:
        drawn.append(_weights([by_id[f"{place}.{name}"] for name in THETA_NAMES], wanted))
    lost = [claim for name, claim in by_id.items() if name.startswith("selection.screening.loss_")]
    if len(lost) > 1:
        drawn.append(
            _forest(
                lost,
                "losses",
                "Share lost of what is at stake, by what is decided",
                [claim.title.partition(": ")[2] for claim in lost],
                limits=(part.good, part.bad),
            )
        )
    pressed = [
        c for name, c in by_id.items() if re.search(r"\.stress_(?!summary)", name) and c.figure is not None
    ]
    if pressed:
        drawn.append(
            _forest(
                pressed,
                "stress",
                "Decisions that a pressure changes, draws to an option, or leaves without an answer",
                [claim.title for claim in pressed],
            )
        )
    techniques = [
        c for name, c in by_id.items() if name.startswith("development.bonding.") and c.figure is not None
    ]
    doses = [claim for claim in techniques if ".dose_" in claim.id]
    if len(doses) > 1:
        drawn.append(_doses(doses))
    elif len(techniques) > 1:
        drawn.append(
            _forest(
                techniques,
                "techniques",
                "Share lost of what is at stake, by what was done",
                [claim.title for claim in techniques],
                limits=(part.good, part.bad),
            )
        )
    return text(*drawn) if drawn else None


def _forest(
    claims: Sequence[Claim],
    name: str,
    title: str,
    labels: Sequence[str],
    limits: tuple[float | None, float | None] | None = None,
) -> Markup:
    """One line a claim: its figure with its interval, in per cent."""
    figure = Figure(figsize=(6.4, 0.62 + 0.3 * len(claims)), layout="constrained")
    panel = figure.subplots()
    for k, claim in enumerate(claims):
        assert claim.figure is not None
        colour = COLOURS[claim.verdict]
        if claim.low is not None and claim.high is not None:
            panel.plot(
                [100 * claim.low, 100 * claim.high], [k, k], color=colour, linewidth=2, solid_capstyle="butt"
            )
        panel.plot(100 * claim.figure, k, MARKS[claim.verdict], color=colour, markersize=6)
    if limits is not None:
        for limit, dash in zip(limits, ((4, 2), (1, 1.5)), strict=True):
            panel.axvline(100 * (limit or 0.0), color=MUTED, linewidth=0.9, linestyle=(0, dash))
    else:
        panel.axvline(0, color=MUTED, linewidth=0.9)
    _finish(panel, labels, "per cent")
    said = (
        "Dashed: the limit for “in order”; dotted: the limit for “problem”."
        if limits
        else "Zero means no change."
    )
    return _framed(figure, name, title, claims, said)


def _weights(claims: Sequence[Claim], wanted: Sequence[float]) -> Markup:
    """The model's weights with intervals, and the principal's."""
    figure = Figure(figsize=(6.4, 1.9), layout="constrained")
    panel = figure.subplots()
    for k, claim in enumerate(claims):
        if claim.low is not None and claim.high is not None:
            panel.plot(
                [claim.low, claim.high],
                [k, k],
                color=COLOURS["information"],
                linewidth=2,
                solid_capstyle="butt",
            )
        if claim.figure is not None:
            panel.plot(claim.figure, k, "o", color=COLOURS["information"], markersize=6)
        panel.plot(wanted[k], k, "|", color=COLOURS["bad"], markersize=15, markeredgewidth=2.2)
    _finish(panel, list(STAKEHOLDERS), "weight")
    panel.set_xlim(-0.02, 1.02)
    return _framed(
        figure,
        "weights",
        "Weights that its choices reveal, and the principal’s",
        claims,
        "Upright marks: the principal’s own weights.",
    )


def _doses(claims: Sequence[Claim]) -> Markup:
    """Loss against the strength of the training."""
    figure = Figure(figsize=(6.4, 2.4), layout="constrained")
    panel = figure.subplots()
    x = [float(claim.id.rpartition("dose_")[2]) for claim in claims]
    y = [100 * (claim.figure or 0.0) for claim in claims]
    panel.plot(x, y, "-o", color=COLOURS["information"], markersize=5, linewidth=1.3)
    for at, claim in zip(x, claims, strict=True):
        if claim.low is not None and claim.high is not None:
            panel.plot(
                [at, at], [100 * claim.low, 100 * claim.high], color=COLOURS["information"], linewidth=1.6
            )
    panel.set_xlabel("strength of the training", fontsize=9, color=INK)
    panel.set_ylabel("per cent lost", fontsize=9, color=INK)
    panel.set_ylim(bottom=0)
    _axes(panel)
    return _framed(figure, "doses", "Share lost of what is at stake, by strength of the training", claims, "")


def _finish(panel: object, labels: Sequence[str], unit: str) -> None:
    panel.set_yticks(range(len(labels)), labels, fontsize=9, color=INK)  # type: ignore[attr-defined]
    panel.set_ylim(len(labels) - 0.45, -0.55)  # type: ignore[attr-defined]
    panel.set_xlabel(unit, fontsize=9, color=INK)  # type: ignore[attr-defined]
    _axes(panel)


def _axes(panel: object) -> None:
    panel.tick_params(length=0, labelsize=9, colors=INK)  # type: ignore[attr-defined]
    panel.grid(axis="x", color=RULE, linewidth=0.7)  # type: ignore[attr-defined]
    panel.set_axisbelow(True)  # type: ignore[attr-defined]
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)  # type: ignore[attr-defined]
    panel.spines["bottom"].set_color(MUTED)  # type: ignore[attr-defined]


def _framed(figure: Figure, name: str, title: str, claims: Sequence[Claim], said: str) -> Markup:
    alternative = f"{title}: " + "; ".join(
        f"{claim.title} {claim.shown}" + (f" ({claim.interval})" if claim.interval else "")
        for claim in claims
    )
    return tag(
        "figure",
        inline(figure, f"figure-{name}", alternative),
        tag("figcaption", f"{title}. Lines are intervals. {said}".strip()),
    )
