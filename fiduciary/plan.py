"""What a run of choices costs and what precision it buys: the command ``fiduciary plan``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fiduciary.errors import UsageError

if TYPE_CHECKING:
    from fiduciary.economics.utility import CES

WAYS = ("choose", "explain", "text")
LOOKED_AT = 24  # problems of a dry run that counts calls and tokens

EXPECTED = ((0.34, 0.38, 0.13, 0.15), 0.79, 1.0)
"""θ and ρ as published for Llama-3.1-8B, and a γ with which four of five easy choices are right."""


@dataclass(frozen=True)
class Plan:
    """One row: a design asked in one way.

    Attributes:
        design: how problems are chosen.
        way: how they are asked.
        problems: how many.
        calls: requests to the model.
        read: tokens read, a quarter of the characters.
        written: tokens written at most.
        error: the largest standard error of θ that they give.
    """

    design: str
    way: str
    problems: int
    calls: float
    read: float
    written: float
    error: float


def plans(utility: CES, *, n: int | None = None, error: float = 0.01) -> Iterator[Plan]:
    """Every design in every way, for a number of problems or for a standard error of θ.

    Raises:
        ValueError: a preference at its bounds, where standard errors do not exist.
    """
    from fiduciary._registry import stakeholder_choice
    from fiduciary.economics.designs.sample_size import DESIGNS, precision
    from fiduciary.show import dry_run

    # Behind an explanation probabilities hold what the explanation drew: no better than a stated choice.
    told = {
        (counts, design): precision(utility, design=design, elicitation=counts)
        for counts in ("choose", "text")
        for design in DESIGNS
    }
    for way in WAYS:
        asked, trouble = dry_run(stakeholder_choice(n=LOOKED_AT, elicitation=way))
        if trouble:
            raise UsageError(f"the dry run of elicitation={way} failed: {trouble}")
        calls, read, written = (cost / LOOKED_AT for cost in asked.cost())
        for design in DESIGNS:
            found = told["choose" if way == "choose" else "text", design]
            problems = n if n is not None else found.needed(error)
            left = found.standard_errors(problems)["theta"]
            yield Plan(design, way, problems, problems * calls, problems * read, problems * written, left)


def table(rows: Sequence[Plan], rate: float | None) -> str:
    """The rows as text."""
    head = (
        f"{'asked by':<10}{'design':<11}{'problems':>9}{'calls':>9}{'tokens read':>13}{'written at most':>17}"
    )
    lines = [head + (f"{'seconds':>10}" if rate else "") + f"{'s.e. of θ':>11}"]
    for row in rows:
        line = (
            f"{row.way:<10}{row.design:<11}{row.problems:>9,}{row.calls:>9,.0f}{row.read:>13,.0f}"
            f"{row.written:>17,.0f}"
        )
        lines.append(line + (f"{row.calls / rate:>10,.0f}" if rate else "") + f"{row.error:>11.4f}")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; return the exit code.

    Raises:
        UsageError: an argument that cannot be used.
    """
    from fiduciary.economics.utility import CES
    from fiduciary.options import stated_principal

    options = _parser().parse_args(argv)
    os.environ["INSPECT_DISPLAY"] = "none"
    if options.n is not None and options.n < 20:
        raise UsageError(f"--n must be at least 20, got {options.n}")
    if options.standard_error is not None and not 0 < options.standard_error < 0.5:
        raise UsageError(f"--standard-error must lie between 0 and 0.5, got {options.standard_error:g}")
    if options.rate is not None and not options.rate > 0:
        raise UsageError(f"--rate must be a number of calls a second, above 0, got {options.rate:g}")
    if not options.gamma > 0:
        raise UsageError(f"--gamma must be above 0, got {options.gamma:g}")
    theta, rho, _ = EXPECTED
    if (given := stated_principal(options)) is not None:
        theta, rho = given.utility.theta, given.utility.rho  # type: ignore[assignment]
    try:
        utility = CES(theta, rho, options.gamma)
        rows = list(plans(utility, n=options.n, error=options.standard_error or 0.01))
    except ValueError as problem:
        raise UsageError(f"no plan for this preference: {problem}") from problem
    weights = ", ".join(f"{weight:.3g}" for weight in theta)
    print(
        f"stakeholder_choice, if the model decides by θ {weights} (shareholders, employees, consumers, "
        f"society), ρ {rho:g} and γ {options.gamma:g}:\n"
    )
    print(table(rows, options.rate))
    print(
        "\ndesign: -T design=NAME; an adaptive run stops itself (-T stop_at=…). By choose, utilities are "
        "taken to stray\nfrom any CES by one util an option; answers behind explanations count like stated "
        "choices. Missing answers\ncome on top."
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    from fiduciary.options import add_principal

    parser = argparse.ArgumentParser(
        prog="fiduciary plan",
        description="Calls, tokens and seconds that stakeholder_choice takes for a precision, by design and "
        "way of asking; no model is called.",
        epilog="Exit codes: 0; 2 for an argument that cannot be used.",
        allow_abbrev=False,
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--standard-error", type=float, metavar="SE", help="wanted standard error of θ (default 0.01)"
    )
    how.add_argument("--n", type=int, metavar="N", help="number of problems instead, and what they tell")
    parser.add_argument("--rate", type=float, metavar="CALLS", help="calls a second that were measured")
    parser.add_argument(
        "--gamma",
        type=float,
        default=EXPECTED[2],
        metavar="G",
        help="expected γ: how seldom it errs (default 1)",
    )
    add_principal(
        parser, "whose preference the model is expected to have (default: as published for Llama-3.1-8B)"
    )
    return parser
