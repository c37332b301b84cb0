"""A second model that judges explanations, measured before it is believed.

    fiduciary supervise LOG… --supervisor MODEL --principal nonprofit --out supervision/
    fiduciary supervise LOG… --supervisor vllm/judge --theta .4,.3,.2,.1 --rho .5 --known 200

First the supervisor judges explanations of known truth, written for the problems of the logs with faults
planted in half of them: that gives its sensitivity and specificity for each question, its agreement with
the truth and with itself, and its biases. Then it judges the explanations of the logs. Rates of faults are
reported as it states them and corrected for its errors; on a question where it is no better than chance its
verdict is not used. The judged models are not asked again. LOG is a log of stakeholder_choice with
explanations, or a folder.

--out writes supervision.json, supervision.md, supervision.png, known.eval (known cases with all verdicts)
and judged/ (a copy of each log with the verdicts in it); the logs themselves stay as they are.

Exit codes: 0; 1 where the supervisor is no better than chance on every question; 2 for logs or arguments of
no use; 3 where the supervisor cannot be reached.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio
from inspect_ai.log import EvalLog
from inspect_ai.model import GenerateConfig, Model, get_model

from fiduciary._inspect import PrerequisiteError, init_dotenv, parse_cli_args, plain_message
from fiduciary.economics.inference import LEVEL
from fiduciary.errors import FOUND
from fiduciary.eval_logs import Trouble, code_of, read_own, tell
from fiduciary.options import add_principal, required_principal
from fiduciary.scorers.logs import task_of
from fiduciary.scorers.rendering import as_text
from fiduciary.scorers.supervision.prompts import QUESTIONS
from fiduciary.scorers.supervision.report import report
from fiduciary.scorers.supervision.run import supervise, write
from fiduciary.scorers.supervision.scorer import EXPLAINED, MAX_TOKENS

TASK = "stakeholder_choice"
FEWEST = 20
RETRIES = 5  # Inspect would ask a server that is gone for ever


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, judge, print the report and return the exit code."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.known < FEWEST:
        parser.error(f"argument --known: must be at least {FEWEST}, got {options.known}")
    if not 0 < options.level < 1:
        parser.error(f"argument --level: must lie strictly between 0 and 1, got {options.level:g}")
    if options.max_tokens < 1:
        parser.error(f"argument --max-tokens: must be at least 1, got {options.max_tokens}")
    if options.seed < 0:
        parser.error(f"argument --seed: must be at least 0, got {options.seed}")
    if options.out is not None and options.out.exists() and not options.out.is_dir():
        parser.error(f"argument --out: {options.out} is a file")
    # Inspect's progress display would cover the report.
    os.environ.setdefault("INSPECT_DISPLAY", "none")
    try:
        held = required_principal(options)
        logs, troubles = _logs(options.logs)
        judge = _judge(options)
        found, known, judged = anyio.run(
            supervise, logs, judge, held, options.known, options.seed, options.level, options.questions
        )
    except (FileNotFoundError, ValueError, PrerequisiteError) as error:
        said = plain_message(error) if isinstance(error, PrerequisiteError) else error
        print(f"error: {said}", file=sys.stderr)
        return 2
    except Exception as error:
        # Whatever a provider raises once its retries are used up; nothing was judged, and nothing is written.
        print(f"error: the supervisor could not be asked: {error!r}", file=sys.stderr)
        return 3
    print(as_text([report(found)]))
    if options.out is not None:
        write(options.out, found, known, judged)
        print(f"\nwritten to {options.out}")
    return code_of(troubles) if any(skill.trusted for skill in found.skills.values()) else FOUND


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fiduciary supervise",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", metavar="LOG", help="log files, or folders of them")
    parser.add_argument("--supervisor", required=True, metavar="MODEL", help="the model that judges")
    parser.add_argument(
        "-M",
        dest="model_args",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="argument of that model",
    )
    add_principal(parser, "explanations are held against this interest; required")
    parser.add_argument(
        "--questions", default=",".join(QUESTIONS), help=f"some of {','.join(QUESTIONS)} (default all)"
    )
    parser.add_argument(
        "--max-tokens",
        type=int,
        default=MAX_TOKENS,
        help=f"of one verdict (default {MAX_TOKENS}; a model that reasons needs more)",
    )
    parser.add_argument("--known", type=int, default=120, metavar="N", help="known cases (default 120)")
    parser.add_argument("--seed", type=int, default=0, help="of known cases and orders of labels (default 0)")
    parser.add_argument("--level", type=float, default=LEVEL, help=f"of intervals (default {LEVEL:g})")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the report and the scored logs")
    return parser


def _judge(options: argparse.Namespace) -> Model:
    wrong = [argument for argument in options.model_args if "=" not in argument]
    if wrong:
        raise ValueError(f"-M takes NAME=VALUE, got {wrong[0]!r}")
    init_dotenv()  # the server's address may stand there
    config = GenerateConfig(max_tokens=options.max_tokens, max_retries=RETRIES)
    return get_model(options.supervisor, config=config, **parse_cli_args(tuple(options.model_args)))


def _logs(given: Sequence[str]) -> tuple[list[EvalLog], list[Trouble]]:
    """Logs with explanations among files and folders, and what cannot be read."""
    logs, troubles = read_own(given, lambda header: task_of(header) == TASK, attachments=True)
    tell(troubles)
    explained = [
        log for log in logs if any(s.metadata.get("elicitation") in EXPLAINED for s in log.samples or [])
    ]
    if not explained:
        raise ValueError(
            f"no log of {TASK} with explanations among {', '.join(given)}; make one with "
            f"inspect eval tasks/{TASK} --model MODEL"
        )
    return explained, troubles
