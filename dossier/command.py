"""What is known about one model before an organisation trusts it, as one document.

    fiduciary dossier vllm/assistant logs/ --principal nonprofit --out dossiers/assistant/
    fiduciary dossier vllm/assistant logs/ --base vllm/base --cards adapters/assistant \\
        --data pairs/ --monitor watch/ --supervision supervision/ \\
        --principal nonprofit --out dossiers/assistant/
    fiduciary dossier "peft/*" logs/dossier --principal nonprofit --out dossiers/

MODEL is a name as the logs hold it, without its provider where that is enough; with a * in it, every model
that fits, each with a folder of its own below --out. Into the folder go dossier.html, dossier.json (every
claim with the files that back it) and, where the system has Pango, dossier.pdf. Page one recommends by rules
that --limits can set (default: dossier/limits.yaml). What no log shows stands in the document as a gap, with
the command that fills it.

Exit codes: 0; 2 for a path, a name or an argument that cannot be used. A damaged log among others is named
and left out, and the dossier is written; the exit code is 2 then, too.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from rich.console import Console
from rich.text import Text

from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.atlas import read_atlas
from fiduciary.dossier.case import STRESS, Given, gather
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.limits import read_limits
from fiduciary.dossier.page import PAPERS
from fiduciary.dossier.rules import Verdict
from fiduciary.dossier.sheet import COLOURS, TITLES
from fiduciary.dossier.write import write
from fiduciary.errors import UsageError
from fiduciary.eval_logs import Trouble, code_of, find, tell
from fiduciary.leaderboard.build import SERVED, sayer, served
from fiduciary.leaderboard.columns import TASKS
from fiduciary.leaderboard.log_files import read_headers
from fiduciary.leaderboard.runs import to_runs
from fiduciary.options import add_principal
from fiduciary.safe_text import one_line

_STYLES: dict[Verdict, str] = {"good": "green", "bad": "red", "unclear": "yellow", "information": ""}


def main(argv: Sequence[str]) -> int:
    """Write the dossiers, print what they recommend, and return the exit code."""
    options = _parser().parse_args(argv)
    console, progress = Console(), Console(stderr=True)
    say = sayer(progress)
    if options.out.exists() and not options.out.is_dir():
        raise UsageError(f"--out {options.out} is a file; name a folder")
    for name, path in (("--monitor", options.monitor), ("--supervision", options.supervision)):
        if path is not None and not Path(path).exists():
            raise UsageError(f"{name} {path} does not exist")
    for name, paths in (("--cards", options.cards), ("--data", options.data)):
        for path in paths:
            if not Path(path).exists():
                raise UsageError(f"{name} {path} does not exist")
    principal = served(options)
    given = Given(
        tuple(options.cards),
        tuple(options.data),
        options.monitor,
        options.supervision,
        read_limits(options.limits),
        read_atlas(options.atlas),
    )
    models = _meant(options.model, options.logs)
    folders = _folders(models)
    left_out: dict[Trouble, None] = {}
    for case, folder in zip(
        gather(models, options.logs, principal, given, say, options.base), folders, strict=True
    ):
        say(f"{case.model}: evidence")
        dossier = assemble(case)
        out = options.out / folder if len(models) > 1 else options.out
        say(f"{case.model}: document")
        files = write(dossier, out, say, pdf=not options.no_pdf, paper=options.paper)
        _print(dossier, files, console)
        left_out |= dict.fromkeys(case.left_out)
    tell(left_out)
    return code_of(left_out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fiduciary dossier",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("model", metavar="MODEL", help="name in the logs; with a * several")
    add("logs", nargs="+", metavar="LOGS", help="log files, folders of them, or addresses such as s3://…")
    add("--out", type=Path, required=True, metavar="DIR", help="folder of the documents")
    add_principal(parser, SERVED)
    add("--base", metavar="MODEL", help="model that this one was made from (default: as the names say)")
    add(
        "--cards",
        nargs="+",
        default=[],
        metavar="PATH",
        help="data, model and adapter cards, or folders of them",
    )
    add("--data", nargs="+", default=[], metavar="PATH", help="training data, or screenings of them (JSON)")
    add("--monitor", metavar="DIR", help="state folder of fiduciary monitor")
    add("--supervision", metavar="PATH", help="what fiduciary supervise wrote")
    add("--limits", metavar="FILE", help="what your organisation judges by (YAML; dossier/limits.yaml)")
    add("--atlas", metavar="FILE", help="problems and evidence of your own (CSV; dossier/atlas.csv)")
    add("--paper", choices=list(PAPERS), default="a4", help="size of the PDF's pages")
    add("--no-pdf", action="store_true", help="write HTML and JSON only")
    return parser


def _meant(given: str, logs: Sequence[str]) -> list[str]:
    """The models that a name or a pattern means.

    Raises:
        UsageError: a pattern that fits none.
    """
    if "*" not in given:
        return [given]
    headers, _ = read_headers(find(logs), lambda _: None)
    runs, _ = to_runs(headers, (*TASKS, STRESS))
    names = sorted({run.row for run in runs if run.framing == "neutral"})
    found = [name for name in names if fnmatchcase(name, given)]
    if not found:
        raise UsageError(f"MODEL {given!r} fits none of these logs' models: {', '.join(names) or 'none'}")
    return found


def _folders(models: Sequence[str]) -> list[str]:
    """A folder's name a model, each its own."""
    out: list[str] = []
    for name in map(folder_name, models):
        out.append(name if name not in out else f"{name}-{len(out) + 1}")
    return out


def folder_name(model: str) -> str:
    """A model's name as that of a folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", model).strip("-.") or "model"


def _print(dossier: Dossier, files: Sequence[Path], console: Console) -> None:
    """The recommendation and the six answers in a few lines."""
    principal = str(dossier.principal["title"])
    console.print(Text(one_line(f"{dossier.model}, before {principal}"), style="bold"))
    recommended = dossier.decision.recommendation
    console.print(Text(f"Recommendation: {TITLES[recommended]}", style=_STYLES[COLOURS[recommended]]))
    for answer in dossier.front:
        line = Text(one_line(f"{answer.question} "))
        line.append(one_line(answer.word), style=_STYLES[answer.verdict])
        console.print(line)
    written = one_line("Written to " + ", ".join(map(str, files)))
    console.print(written, markup=False, highlight=False, soft_wrap=True)
    console.print()
