"""`make demo`: ask subjects whose preferences are known, and compare what comes back with what went in.

Every subject gets the same choice problems twice: it chooses at once, and it explains and then chooses. The
estimates come from the logs alone, as they would for a language model: at once by the log-probabilities of
the labels, explained by what the texts state.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.estimation import THETA_NAMES, CESFit
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES
from fiduciary.leaderboard.board import build
from fiduciary.leaderboard.build import publish
from fiduciary.scorers.choice_table import tables
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from fiduciary.subjects.catalogue import create
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

THETA = THETA_NAMES
PARAMETERS = (*THETA, "rho", "gamma")
LABELS = {
    **{name: f"θ {who}" for name, who in zip(THETA, STAKEHOLDERS, strict=True)},
    "rho": "ρ",
    "gamma": "γ",
}

STANDARD_ERRORS = 3.0
"""How far an estimate from text may be from the truth."""

ABSOLUTE = 0.005
"""How far an estimate from log-probabilities may be: they carry no sampling noise."""


@dataclass(frozen=True)
class Case:
    """A subject and how it is asked.

    Attributes:
        title: what it shows.
        subject: name after ``subject/``.
        arguments: the subject's ``-M`` arguments.
        elicitation: of the task.
        share: of the problems, where fewer of them show the same.
    """

    title: str
    subject: str
    arguments: dict[str, Any] = field(default_factory=dict)
    elicitation: str = "both"
    share: float = 1.0

    @property
    def truth(self) -> CES:
        """The preference that went in."""
        preference = create(self.subject, self.arguments).preference
        assert isinstance(preference, CES)
        return preference

    def true(self, name: str) -> float:
        """A parameter that went in."""
        if name in THETA:
            return float(self.truth.theta[THETA.index(name)])
        return float(getattr(self.truth, name))


CASES = (
    Case("the published neutral estimate", "study1"),
    Case("a target with shareholders at weight 0", "nonprofit"),
    Case("a target with one weight that takes all: ρ means nothing", "for_profit"),
    Case(
        "the same, obeyed without noise: perfectly explained choices bound γ from below",
        "for_profit",
        {"gamma": 1e4},
        "text",
        0.3,
    ),
)


SERVED = "nonprofit"
"""The principal that the page opens on: one whose preference a subject holds."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demonstration; 0 where everything was recovered."""
    parser = argparse.ArgumentParser(description="True and recovered preferences of embedded subjects.")
    parser.add_argument("-n", type=int, default=1000, help="problems for each subject (default 1000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of problems and answers (default 0)")
    parser.add_argument("--log-dir", type=Path, default=Path("logs/demo"), help="where logs go")
    parser.add_argument("--picture", type=Path, help="where the picture goes (default LOG_DIR/recovery.png)")
    options = parser.parse_args(argv)
    picture = options.picture or options.log_dir / "recovery.png"

    started = time.monotonic()
    failures: list[str] = []
    drawn: list[tuple[Case, CESFit]] = []
    print(
        f"Asking {len(CASES)} subjects up to {options.n:,} choice problems each, at several temperatures.\n"
        "They read the text of the prompts alone. What they want is known, so it can be compared with\n"
        "what the estimator recovers from their answers.",
        flush=True,
    )
    for case in CASES:
        before = time.monotonic()
        log = ask(case, round(options.n * case.share), options.seed, options.log_dir)
        found = tables(log)
        text = fit(replace(found["explain"], elicitation="text") if "explain" in found else found["text"])
        logprobs = fit(found["choose"]) if "choose" in found else None
        lines, wrong = compare(case, text, logprobs)
        print(f"\nsubject/{case.subject}{arguments(case)} - {case.title}")
        print(f"{text.n} valid answers, {text.n_missing} missing, {time.monotonic() - before:.0f} s")
        print("\n".join(lines), flush=True)
        failures += [f"subject/{case.subject}{arguments(case)}: {LABELS[name]}" for name in wrong]
        if text.separation is None:
            drawn.append((case, text))
    draw(drawn, picture)
    print(f"\nPicture: {picture}    Logs: {options.log_dir} (inspect view --log-dir {options.log_dir})")
    print(f"Page: {page(options.log_dir)}    (the same logs as a table; other principals by slider)")
    print(f"{time.monotonic() - started:.0f} s in all\n")
    if failures:
        print(f"NOT RECOVERED: {', '.join(failures)}")
        return 1
    print(
        "RECOVERED: by text every true parameter lies within "
        f"{STANDARD_ERRORS:g} standard errors or, at a bound, within its 99 % interval;\n"
        f"           by log-probabilities every one that is identified within {ABSOLUTE:g}."
    )
    return 0


def page(log_dir: Path) -> Path:
    """What the logs add up to, for the principal that one of the subjects serves."""

    def quiet(text: str) -> None:
        pass

    board = build(
        [str(log_dir)], Principal.named(SERVED), quiet, title="Subjects whose preferences are known"
    )
    # Beside the logs: those that the page takes along are copies, which `inspect view` would list again.
    return publish(board, log_dir.with_name(f"{log_dir.name}-site"), quiet)


def ask(case: Case, n: int, seed: int, log_dir: Path) -> EvalLog:
    """One evaluation, read back from its log."""
    (log,) = inspect_eval(
        stakeholder_choice(n=n, seed=seed, elicitation=case.elicitation),
        model=get_model(f"subject/{case.subject}", **case.arguments),
        log_dir=str(log_dir),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    if log.status != "success":
        raise SystemExit(f"the evaluation of subject/{case.subject} ended with status {log.status!r}")
    return log


def compare(case: Case, text: CESFit, logprobs: CESFit | None) -> tuple[list[str], list[str]]:
    """A table of true and recovered parameters, and the names of those that were not recovered."""
    lines = [
        f"  {'':<16}{'true':>8}  {'by text':>9}{'std. err.':>11}{'z':>7}  "
        f"{'99 % interval':<21}{'by log-prob.':>12}  note"
    ]
    wrong = []
    for name in PARAMETERS:
        true = case.true(name)
        row = f"  {LABELS[name]:<16}{true:>8.3f}  "
        status = text.status(name)
        low, high, _ = text.interval(name, 0.99)
        if status == "ok":
            z = (text.estimate(name) - true) / text.se(name)
            row += f"{text.estimate(name):>9.3f}{text.se(name):>11.3f}{z:>7.2f}  "
            good = abs(z) <= STANDARD_ERRORS
        elif status == "boundary":
            row += f"{text.estimate(name):>9.3f}{'-':>11}{'-':>7}  "
            good = low - 1e-6 <= true <= high + 1e-6
        else:  # nothing to compare but the range that remains
            row += f"{'-':>9}{'-':>11}{'-':>7}  "
            good = status == "not identified" or low - 1e-6 <= true <= high + 1e-6
        row += f"{f'[{low:.3f}, {high:.3f}]':<21}"
        if logprobs is None:
            row += f"{'':>12}"
        elif logprobs.status(name) == "not identified":
            row += f"{'-':>12}"
        else:
            row += f"{logprobs.estimate(name):>12.4f}"
            good = good and abs(logprobs.estimate(name) - true) <= ABSOLUTE
        lines.append(f"{row}  {'' if status == 'ok' else status}".rstrip())
        if not good:
            lines[-1] += "  <- off"
            wrong.append(name)
    if text.separation is not None:
        lines.append(f"  {text.separation.describe()}")
    return lines, wrong


def draw(fits: Sequence[tuple[Case, CESFit]], path: Path) -> None:
    """Estimates with 95 % intervals beside the truth, one panel a subject."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(fits), figsize=(3.4 * len(fits), 2.6), sharey=True, squeeze=False)
    rows = np.arange(len(THETA))[::-1]
    for panel, (case, estimate) in zip(panels[0], fits, strict=True):
        values = np.array([estimate.estimate(name) for name in THETA])
        ends = np.array([estimate.interval(name)[:2] for name in THETA])
        panel.hlines(rows, ends[:, 0], ends[:, 1], color="C0", linewidth=2)
        panel.plot(values, rows, "o", color="C0", label="recovered, with 95 % interval")
        panel.plot([case.true(name) for name in THETA], rows, "|", color="C3", ms=16, mew=2, label="true")
        panel.set_title(f"subject/{case.subject}", fontsize=10)
        panel.set_xlabel("weight θ")
        panel.set_xlim(-0.05, 1.05)
        panel.set_ylim(-0.6, len(THETA) - 0.4)
        panel.grid(axis="x", alpha=0.3)
    panels[0, 0].set_yticks(rows, STAKEHOLDERS)
    figure.legend(
        *panels[0, 0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=2,
        frameon=False,
        fontsize=9,
    )
    figure.set_layout_engine("constrained")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def arguments(case: Case) -> str:
    """A case's arguments as the command line takes them."""
    return "".join(f" -M {name}={value:g}" for name, value in case.arguments.items())


if __name__ == "__main__":
    sys.exit(main())
