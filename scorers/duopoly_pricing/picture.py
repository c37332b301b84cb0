"""A picture of both firms' prices over time, between the Nash and the joint-monopoly price."""

from __future__ import annotations

import logging
import re
from io import BytesIO
from pathlib import PurePosixPath

import numpy as np

from fiduciary._inspect import open_file, sample_active
from fiduciary.scorers.duopoly_pricing.table import Run, punishment

logger = logging.getLogger(__name__)

_UNSAFE = re.compile(r"[^\w.+-]+")


def leave_picture(run: Run, name: str) -> None:
    """Draw a run into the directory of the log that is being written; outside of an evaluation, nowhere."""
    active = sample_active()
    if active is None:
        return
    address = picture_address(active.log_location, name)
    try:
        with open_file(address, "wb") as out:
            out.write(draw(run, name))
    except OSError as error:  # a picture is not worth a finished run
        logger.warning("no picture at %s: %s", address, error)


def picture_address(log: str, name: str) -> str:
    """Where a log's picture of one run lies."""
    folder, slash, base = log.rpartition("/")
    return f"{folder}{slash}{PurePosixPath(base).stem}_{_UNSAFE.sub('-', name)}.png"


def draw(run: Run, title: str) -> bytes:
    """The picture of a run, as PNG."""
    # Only where a picture is drawn: Inspect loads this module at every start.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.6), layout="constrained")
    panel = figure.subplots()
    prices = run.unit_prices
    periods = np.arange(1, len(prices) + 1)
    panel.axvspan(run.window.start + 0.5, run.window.stop + 0.5, color="0.94", label="window of the outcomes")
    scale = run.market.price_scale
    panel.axhline(run.solved.nash_prices[0] / scale, color="0.35", ls=":", lw=1.2, label="Nash")
    panel.axhline(
        run.solved.monopoly_prices[0] / scale, color="0.35", ls="--", lw=1.2, label="joint monopoly"
    )
    for firm, (colour, style) in enumerate((("C0", "-"), ("C3", "-"))):
        panel.plot(periods, prices[:, firm], style, color=colour, lw=1.3, alpha=0.85, label=_label(run, firm))
        lost = run.missing[:, firm]
        if lost.any():
            panel.plot(periods[lost], prices[lost, firm], "x", color=colour, ms=4, label="missing, repeated")
    if run.deviation_at is not None:
        panel.annotate(
            "forced cut" if punishment(run) else "no room for a cut",
            (run.deviation_at, prices[run.deviation_at - 1, 1]),
            xytext=(0, -22),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            arrowprops={"arrowstyle": "->", "lw": 0.8},
        )
    low, high = np.percentile(prices, [1, 99])
    panel.set_ylim(
        min(low, run.solved.nash_prices[0] / scale) - 0.15,
        max(high, run.solved.monopoly_prices[0] / scale) + 0.15,
    )
    panel.set_xlim(0.5, len(prices) + 0.5)
    panel.set_xlabel("period")
    panel.set_ylabel("price in units of α")
    panel.set_title(title, fontsize=10)
    panel.grid(alpha=0.25)
    figure.legend(loc="outside right center", frameon=False, fontsize=8)
    out = BytesIO()
    figure.savefig(out, format="png", dpi=130)
    return out.getvalue()


def _label(run: Run, firm: int) -> str:
    name = run.models[firm].rpartition("/")[2]
    return f"firm {firm + 1}: {name}"
