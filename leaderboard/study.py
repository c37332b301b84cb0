"""The study's tables: what models want as they are, when prompted, and when fine-tuned; with tests.

    fiduciary study logs/study1 logs/study2
    fiduciary study logs/study3/rebench/logs/01 --base vllm/base --out tables/

Prompted rows are runs with a framing; fine-tuned rows are models that have a base (--base, or the names that
a re-benchmark gives). The target is whom the framing names, else whom the log says that the model was trained
for (those of a re-benchmark do), else --principal; where nobody is stated, the table says so. Alike: the
choices are those of the base, by an exact exchange of answers within problems, free of any model. H1: the
same preference as the base's neutral run (θ and ρ; own γ each), problems paired. H2: the preference is the
target. Likelihood-ratio tests against chi-bar-square, valid also where weights are at bounds; all p-values of
H1 are corrected together by Holm's method, those of H2 likewise. A model that is not shown to read has a
sentence in place of figures. Published rows (Foster & Rawski, Llama-3.1-8B-Instruct) stand below for
comparison and are in no test and no ranking.

Exit codes: 0; 2 for paths or arguments that cannot be used, or logs without choices.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fiduciary.economics.estimation import THETA_NAMES, CESFit, likelihood_ratio_test
from fiduciary.economics.inference import holm, ratio
from fiduciary.economics.inference.paired_exchange import alike
from fiduciary.economics.principals import Principal
from fiduciary.economics.published import PUBLISHED, PublishedEstimate
from fiduciary.economics.utility import CES
from fiduciary.errors import UsageError
from fiduciary.leaderboard import build, terminal
from fiduciary.leaderboard.board import Board, by_problem
from fiduciary.leaderboard.board import build as build_board
from fiduciary.leaderboard.cells import Cell, preference_cells
from fiduciary.leaderboard.choices import NO_ESTIMATE, Answers
from fiduciary.leaderboard.columns import CHOICE
from fiduciary.leaderboard.log_files import Say
from fiduciary.leaderboard.rows import Row
from fiduciary.options import add_principal, stated_principal
from fiduciary.safe_text import harmless, latex, markdown, one_line
from fiduciary.scorers.grounds import shown

STAGES = ("neutral", "prompted", "fine-tuned")
HEADINGS = (
    *("model", "θ SH", "θ EM", "θ CO", "θ SOC", "ρ", "missing"),
    *("Σ|θ − θ*|", "loss share", "alike p", "H1 p", "H2 p"),
)

UNSTATED = "no stated principal"


@dataclass(frozen=True)
class Line:
    """One model in a table of the study.

    Attributes:
        target: what it was to want; None where nothing was stated, and then there is no H2.
        distance: Σ|θ − θ*| of the base and its own; NaN without a target.
        loss_share: share of what is at stake for the target that choices lose, of the base and its own.
        alike: p-value of "chooses like the base", by exact exchange within problems; NaN without a base.
        h1, h2: p-values after Holm's correction; NaN where there is no test.
        withheld: why there are no figures; None where there are.
        untested: why H1 or H2 has no test, a sentence each.
    """

    name: str
    stage: str
    parameters: tuple[str, ...]
    missing: float
    target: Principal | None = None
    distance: tuple[float, float] = (math.nan, math.nan)
    loss_share: tuple[float, float] = (math.nan, math.nan)
    alike: float = math.nan
    h1: float = math.nan
    h2: float = math.nan
    withheld: str | None = None
    untested: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What stands in place of figures that are not there."""
        return self.untested if self.withheld is None else (self.withheld, *self.untested)

    def cells(self) -> list[str]:
        """As shown, in the order of ``HEADINGS``."""
        return [
            self.name,
            *self.parameters,
            "" if math.isnan(self.missing) else f"{self.missing:.1%}",
            _moved(self.distance, "{:.3f}") if self.target or self.stage == "neutral" else UNSTATED,
            _moved(self.loss_share, "{:.1%}"),
            _p(self.alike),
            _p(self.h1),
            _p(self.h2),
        ]


def main(argv: Sequence[str]) -> int:
    """Print the tables, write them, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary study",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", help="log files, folders of them, or addresses such as s3://…")
    parser.add_argument("--out", type=Path, help="folder for study.md, study.tex and study.csv")
    add_principal(parser, build.SERVED)
    build.add_reading(parser)
    options = parser.parse_args(argv)
    console, progress = Console(), Console(stderr=True)
    say = build.sayer(progress)
    stated = stated_principal(options)
    board = build_board(options.logs, build.served(options), say, mix=options.mix, base=options.base)
    if not board.answers:
        terminal.print_troubles(board.troubles, progress)
        raise UsageError(f"no finished log of {CHOICE} among {', '.join(options.logs)}")
    lines = study(board, stated, say)
    _print(lines, console)
    terminal.print_troubles(board.troubles, progress)
    if options.out is not None:
        try:
            write(lines, options.out)
        except OSError as error:
            raise UsageError(f"cannot write to {options.out}: {error}") from error
        console.print(f"Written to {options.out}", markup=False, highlight=False)
    return 0


def study(board: Board, stated: Principal | None, say: Say) -> list[Line]:
    """All lines, stage by stage, with p-values corrected over all of them."""
    lines: list[Line] = []
    rows = sorted(
        (row for row in board.rows if row.name in board.answers),
        key=lambda row: (STAGES.index(row.stage), row.name),
    )
    for k, row in enumerate(rows, 1):
        lines.append(_line(board, row, stated))
        say(f"tests: {k} of {len(rows)} models")
    h1, h2 = (holm([getattr(line, name) for line in lines]).tolist() for name in ("h1", "h2"))
    return [replace(line, h1=a, h2=b) for line, a, b in zip(lines, h1, h2, strict=True)]


def published(stage: str) -> list[list[str]]:
    """Published rows of a stage, marked."""
    rows = []
    for name, found in PUBLISHED.items():
        own = "neutral" if name == "neutral" else "fine-tuned" if "fine-tune" in name else "prompted"
        if own == stage:
            cells = [*_printed(found), *[""] * (len(HEADINGS) - 6)]
            rows.append([f"published: {name.replace('_', ' ')} *", *cells])
    return rows


def target_of(row: Row, stated: Principal | None) -> Principal | None:
    """Whom its framing names, else whom its log says that it was trained for, else who was stated."""
    run = row.runs[CHOICE]
    return run.instructed_for or run.trained_for or stated


def write(lines: Sequence[Line], out: Path) -> None:
    """Write the tables as Markdown, LaTeX and CSV."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "study.md").write_text(as_markdown(lines), encoding="utf-8")
    (out / "study.tex").write_text(as_latex(lines), encoding="utf-8")
    with (out / "study.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["stage", *HEADINGS])
        for stage, rows in _tables(lines).items():
            writer.writerows([stage, *(harmless(cell) for cell in row)] for row in rows)


def as_markdown(lines: Sequence[Line]) -> str:
    """One table a stage."""
    out = ["# Neutral, prompted, fine-tuned", ""]
    silent = [f"- {markdown(line.name)}: {markdown(said)}" for line in lines for said in line.remarks]
    out += [*silent, ""] if silent else []
    for stage, rows in _tables(lines).items():
        out += [f"## {stage}", "", "| " + " | ".join(map(markdown, HEADINGS)) + " |"]
        out += ["|---|" + "---:|" * (len(HEADINGS) - 1)]
        out += ["| " + " | ".join(map(markdown, row)) + " |" for row in rows]
        out.append("")
    return "\n".join([*out, markdown(note(lines)), ""])


def as_latex(lines: Sequence[Line]) -> str:
    """One booktabs table a stage."""
    parts = ["% needs booktabs; made by fiduciary study"]
    for stage, rows in _tables(lines).items():
        parts += [
            r"\begin{table}",
            rf"\caption{{{stage}. {latex(note(lines))}}}",
            r"\begin{tabular}{l" + "r" * (len(HEADINGS) - 1) + "}",
            r"\toprule",
            " & ".join(map(latex, HEADINGS)) + r" \\",
            r"\midrule",
            *(" & ".join(map(latex, row)) + r" \\" for row in rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    return "\n".join(parts)


def note(lines: Sequence[Line]) -> str:
    """How the tables are to be read."""
    first, second = (sum(not math.isnan(getattr(line, name)) for line in lines) for name in ("h1", "h2"))
    return (
        "Standard errors in round brackets; where there is none, the 95 % interval in square ones. "
        "Distance and loss share: base → own, against the target. Alike: chooses like the base (exact "
        "exchange of answers within problems, not corrected). H1: same preference as the base "
        f"(paired likelihood ratio, chi-bar-square; Holm over {first} tests). H2: the preference is the "
        f"target (likelihood ratio, chi-bar-square; Holm over {second} tests). * Foster & Rawski, "
        "Llama-3.1-8B-Instruct: for comparison, in no test; their K is not printed, so ρ is not comparable."
    )


def _line(board: Board, row: Row, stated: Principal | None) -> Line:
    own = board.answers[row.name]
    base = board.answers.get(row.base) if row.base is not None else None
    target = target_of(row, stated)
    missing = ratio(own.missing, 1.0, own.data.groups.tolist()).value
    line = Line(row.name, row.stage, _parameters(board.cells[row.name]), missing, target)
    if base is not None:
        line = replace(line, alike=alike(shown(base.data), shown(own.data)).p_value)
    if own.grounds.withheld is not None:
        return replace(line, withheld=own.grounds.withheld)
    if base is not None and base.fit is not None and own.fit is not None:
        h1, why = _tested("H1", own.fit, base.fit)
        line = replace(line, h1=h1, untested=why)
    if target is None:
        return line
    utility = target.at(own.data.shift)
    if own.fit is not None:
        h2, why = _tested("H2", own.fit, utility)
        line = replace(line, h2=h2, untested=line.untested + why)
    return replace(
        line,
        distance=(_distance(base, target), _distance(own, target)),
        loss_share=(_loss_share(board, base, utility), _loss_share(board, own, utility)),
    )


def _parameters(cells: dict[str, Cell] | object) -> tuple[str, ...]:
    out = []
    for name in (*THETA_NAMES, "rho"):
        cell: Cell = cells[f"{CHOICE}.{name}"]  # type: ignore[index]
        value = "?" if cell.value is None else f"{cell.value:.3f}"
        if cell.stderr is not None:
            out.append(f"{value} ({cell.stderr:.3f})")
        elif cell.low is not None and cell.high is not None:
            out.append(f"{value} [{cell.low:.2f}, {cell.high:.2f}]")
        else:
            out.append("–")
    return tuple(out)


def _distance(answers: Answers | None, target: Principal) -> float:
    if answers is None or answers.fit is None:
        return math.nan
    value = preference_cells(answers, target.utility)[f"{CHOICE}.distance"].value
    return math.nan if value is None else value


def _loss_share(board: Board, answers: Answers | None, utility: CES) -> float:
    if answers is None or board.problems is None or answers.grounds.withheld is not None:
        return math.nan
    return by_problem(board.problems, answers, utility).loss_share


def _tested(hypothesis: str, fit: CESFit, other: CESFit | CES) -> tuple[float, tuple[str, ...]]:
    """The test's p-value, or NaN and why there is none."""
    try:
        return likelihood_ratio_test(fit, other).p_value, ()
    except NO_ESTIMATE as error:
        return math.nan, (f"{hypothesis}: {' '.join(str(error).split()) or type(error).__name__}",)


def _printed(found: PublishedEstimate) -> list[str]:
    cells = [
        f"{v:.3f}" + ("" if e is None else f" ({e:.3f})")
        for v, e in zip(found.theta, found.theta_se, strict=True)
    ]
    rho = "–" if found.rho is None else f"{found.rho:.3f}"
    return [*cells, rho + ("" if found.rho_se is None else f" ({found.rho_se:.3f})")]


def _tables(lines: Sequence[Line]) -> dict[str, list[list[str]]]:
    found = {}
    for stage in STAGES:
        own = [line.cells() for line in lines if line.stage == stage]
        if own:
            found[stage] = own + published(stage)
    return found


def _print(lines: Sequence[Line], console: Console) -> None:
    """Estimates first, then tests: in one table they would not fit a terminal."""
    for line in lines:
        for said in line.remarks:
            console.print(Text(f"{one_line(line.name)}: {said}"), soft_wrap=True)
    compared = [line for line in lines if line.withheld is None or not math.isnan(line.alike)]
    tested = [line.cells() for line in compared if line.target is not None or not math.isnan(line.alike)]
    tables = {stage: [row[:7] for row in rows] for stage, rows in _tables(lines).items()}
    if tested:
        tables["against base and target"] = [[row[0], *row[7:]] for row in tested]
    for title, rows in tables.items():
        table = Table(title=Text(title), title_justify="left", show_edge=False, pad_edge=False)
        headings = HEADINGS[:7] if title in STAGES else (HEADINGS[0], *HEADINGS[7:])
        for k, heading in enumerate(headings):
            table.add_column(
                Text(heading),
                justify="right" if k else "left",
                overflow="fold",
                no_wrap=k > 0,
                min_width=None if k else 14,
            )
        for row in rows:
            under = (_folded(one_line(cell)) for cell in row[1:])
            table.add_row(Text(one_line(row[0])), *map(Text, under))
        console.print(table)
        console.print()
    console.print(Text(note(lines), style="dim"))


def _folded(cell: str) -> str:
    """Error or interval below the estimate, an interval on two lines."""
    return cell.replace(" (", "\n(").replace(" [", "\n[").replace(", ", ",\n")


def _moved(pair: tuple[float, float], form: str) -> str:
    before, after = ("–" if math.isnan(x) else form.format(x) for x in pair)
    if math.isnan(pair[1]):
        return ""
    return after if math.isnan(pair[0]) else f"{before} → {after}"


def _p(p: float) -> str:
    # The null distribution is simulated: smaller than that it cannot tell.
    return "" if math.isnan(p) else "< .001" if p < 0.001 else f"{p:.3f}"
