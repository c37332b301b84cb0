"""What changed, with tests: between two states of a model, or from base to prompted and fine-tuned models.

    fiduciary compare before.eval after.eval --principal nonprofit
    fiduciary compare logs/main logs/branch --fail-on regression --format github
    fiduciary compare logs/study3/rebench/logs/01 --base vllm/base --format latex --out study.tex

Two places: models are matched by name; where each place has one, they are that pair, its prompted rows
matched by their framing. One place: prompted rows, which are runs with a framing, and fine-tuned ones,
which are models that have a base (--base, or the names that a re-benchmark gives), are held against it,
stage by stage.

Choices are paired on the problems that both answered: missing answers, and what choices cost the principal
(regret, loss share, best choices), clustered by problem; θ, ρ and γ by Wald with stacked clusters; an exact
exchange test of "chooses like the base", free of any model; likelihood-ratio tests of the same preference
(H1) and of the principal's (H2). Where one is not shown to read, or too little was measured, that is said
and only missing answers and the exchange test are left. Other tasks: from the metrics that logs hold, as of
independent runs. A regression is a figure with a better direction that is significantly worse at 5 % after
Holm's correction over all changes, or a task that was answered before and is not answered now, or not
legibly.

Exit codes: 0; 1 with --fail-on regression if there is one; 2 for paths or arguments that cannot be used, or
logs that hold nothing to compare.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from fiduciary.comparison.pairs import between, within
from fiduciary.comparison.report import as_github, reports
from fiduciary.errors import FOUND, UsageError
from fiduciary.eval_logs import code_of, tell
from fiduciary.leaderboard import build
from fiduciary.options import add_principal, stated_principal
from fiduciary.scorers.rendering import FORMATS, check_places, deliver, put

FORMS = (*FORMATS, "github")


def main(argv: Sequence[str]) -> int:
    """Compare, write and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("a", metavar="A", help="log or folder; with B, how it was")
    parser.add_argument("b", metavar="B", nargs="?", help="log or folder: how it is")
    parser.add_argument("--fail-on", choices=["regression"], help="exit with 1 if there is a regression")
    parser.add_argument("--format", choices=FORMS, default="text", help="of the report (text)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where it is written (the terminal)")
    add_principal(parser, "whom all models are to serve (whom each one's prompts or log name)")
    build.add_reading(parser)
    options = parser.parse_args(argv)
    check_places(options.out, None)
    if options.b is not None and options.base is not None:
        raise UsageError("--base is for logs in one place; between two places models are matched by name")
    progress = Console(stderr=True)
    say, stated = build.sayer(progress), stated_principal(options)
    if options.b is None:
        places = [options.a]
        found = within(places, stated, say, base=options.base, mix=options.mix)
    else:
        places = [options.a, options.b]
        found = between(options.a, options.b, stated, say, mix=options.mix)
    tell(found.troubles)
    if not found.pairs and not found.lost:
        raise UsageError(f"{' and '.join(places)} hold nothing that could be compared")
    if options.format == "github":
        put(as_github(found, places), options.out)
    else:
        deliver(reports(found, places), options.format, options.out, None)
    if options.fail_on and (found.regressions or found.lost):
        return FOUND
    return code_of(found.troubles)
