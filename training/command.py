"""`fiduciary train pairs|games|screen|dpo|sft|scale` and `rebench`: data, adapters, what they changed.

Nothing heavy is imported before a command runs, so that `--help` works without any package.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from fiduciary.options import add_principal, required_principal, stated_principal


def train(argv: Sequence[str] | None = None) -> int:
    """Run ``fiduciary train``; the exit code is 2 where the user can put something right."""
    parser = _train_parser()
    arguments, rest = parser.parse_known_args(argv)
    if rest and arguments.command not in _METHODS:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    return _guarded(arguments, rest)


def rebench(argv: Sequence[str] | None = None) -> int:
    """Run ``fiduciary rebench``; the exit code is 2 where the user can put something right."""
    return _guarded(_rebench_parser().parse_args(argv), [])


def _guarded(arguments: argparse.Namespace, rest: list[str]) -> int:
    try:
        from fiduciary.training.errors import TrainingError
    except ImportError:  # pragma: no cover - the package itself is missing
        return _stop("run this from the checkout, or install the distribution")
    try:
        return int(arguments.run(arguments, rest))
    except (TrainingError, ValueError) as error:
        return _stop(str(error))
    except ModuleNotFoundError as error:
        return _stop(
            f"the package {error.name} is missing. Training needs its own environment: `make train-env` "
            f"makes .venv-train, or install the extra there: pip install '.[train]'."
        )


def _preferences(arguments: argparse.Namespace, _: list[str]) -> int:
    from fiduciary.training import preference_data
    from fiduciary.training.checks import EVALUATION_PROBLEMS, EVALUATION_SEEDS, Evaluations
    from fiduciary.training.preference_pairs import PairDesign

    design = PairDesign(
        target=required_principal(arguments),
        n=arguments.pairs,
        seed=arguments.seed,
        trade_offs=arguments.trade_offs,
        wordings=tuple(arguments.wording.split(",")),
        elicitation=arguments.elicitation,
        draw=arguments.draw,
        gamma=arguments.gamma,
        voice=arguments.voice,
    )
    seeds = EVALUATION_SEEDS if arguments.evaluation_seeds is None else arguments.evaluation_seeds
    n = EVALUATION_PROBLEMS if arguments.evaluation_n is None else arguments.evaluation_n
    facts = preference_data.write(design, arguments.out, Evaluations(seeds, n), arguments.maker)
    return _made(arguments.out, facts["checks"], design.target.label, "none shared with evaluations")


def _games(arguments: argparse.Namespace, _: list[str]) -> int:
    from fiduciary.training import games_data
    from fiduciary.training.games import GameDesign
    from fiduciary.training.targets import SocialTarget

    parameters = (arguments.alpha, arguments.beta, arguments.kappa)
    design = GameDesign(
        target=SocialTarget.stated(arguments.agent, *parameters, lam=arguments.lam),
        n=arguments.pairs,
        seed=arguments.seed,
        labels=arguments.labels,
        elicitation=arguments.elicitation,
    )
    checks = games_data.write(design, arguments.out, arguments.maker)["checks"]
    return _made(arguments.out, checks, design.target.label, "no game of the evaluation")


def _made(out: Path, checks: dict[str, Any], target: str, apart: str) -> int:
    from fiduciary.training.next_steps import after_data

    style = checks["style_accuracy"]
    print(
        f"{out}: {checks['pairs']:,} pairs for {target}; no duplicates, {apart}; role found from style "
        f"alone: {'too few pairs to say' if style is None else f'{style:.1%}'}."
    )
    print(after_data(out))
    return 0


def _screen(arguments: argparse.Namespace, _: list[str]) -> int:
    from fiduciary.training.screening.command import run

    return run(arguments.data, arguments.out, arguments.logs, arguments.fail_on)


_METHODS = {
    "match": ("matching", "train a LoRA adapter on the target's choice probabilities"),
    "dpo": ("dpo", "train a LoRA adapter on preference pairs"),
    "sft": ("sft", "train a LoRA adapter on the chosen responses"),
}
"""Command → the module of this room whose ``train`` it runs, and what it does."""


def _train(arguments: argparse.Namespace, rest: list[str]) -> int:
    from fiduciary.training import next_steps
    from fiduciary.training.run import Request

    method = import_module(f"fiduciary.training.{_METHODS[arguments.command][0]}")
    request = Request(
        recipe=arguments.recipe,
        target=stated_principal(arguments),
        out=arguments.out,
        base=arguments.base,
        gamma=getattr(arguments, "gamma", None),
        lam=getattr(arguments, "lam", None),
        pairs=arguments.pairs,
        data=arguments.data,
        start=arguments.start,
        seed=arguments.seed,
        resume=arguments.resume,
        keep_checkpoints=arguments.keep_checkpoints,
        maker=arguments.maker,
        overrides=tuple(rest),
    )
    method.train(request)
    if next_steps.first_process():
        print(next_steps.after_adapter(arguments.out))
    return 0


def _scale(arguments: argparse.Namespace, _: list[str]) -> int:
    from fiduciary.training import next_steps
    from fiduciary.training.errors import TrainingError
    from fiduciary.training.rebench.scaled import scale_adapter

    if arguments.out.exists():
        raise TrainingError(f"{arguments.out} exists. Remove it, or name another folder.")
    scale_adapter(arguments.adapter, arguments.strength, arguments.out)
    print(f"{arguments.out}: {arguments.adapter} at strength {arguments.strength:g}")
    print(next_steps.after_adapter(arguments.out, arguments.adapter))
    return 0


def _rebench(arguments: argparse.Namespace, _: list[str]) -> int:
    from fiduciary.scorers.rendering import as_text
    from fiduciary.training import next_steps
    from fiduciary.training.rebench.plan import make_plan
    from fiduciary.training.rebench.report import report
    from fiduciary.training.rebench.run import rebench

    asked = (arguments.base, arguments.adapter, arguments.task, arguments.out)
    plan = make_plan(*asked, stated_principal(arguments), checkpoints=arguments.checkpoints)
    outcome = rebench(plan, arguments.engine, arguments.server, cards=arguments.write_cards)
    print(f"{as_text([report(outcome)])}\n")
    written = [name for name in _COMPARISON if (arguments.out / name).exists()]
    print(next_steps.after_comparison(arguments.out, written, cards=arguments.write_cards))
    return 0


def _stop(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 2


_COMPARISON = ("comparison.md", "comparison.json", "comparison.png", "checkpoints.png")
_MAKER = "who answers for it, for its card"


def _integers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _train_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fiduciary train",
        description="Preference data, its faults, and adapters trained on it.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="pairs|games|screen|match|dpo|sft|scale"
    )

    target = _target_options("whose choices are the chosen ones")
    pairs = commands.add_parser(
        "pairs", parents=[target], allow_abbrev=False, help="make preference pairs for DPO and SFT"
    )
    pairs.add_argument("--pairs", type=int, default=10_000, metavar="N", help="number of pairs (10000)")
    pairs.add_argument("--seed", type=int, default=0, help="seed of every draw (0)")
    pairs.add_argument(
        "--trade-offs",
        default="default",
        metavar="DESIGN",
        help="default (half joint), published (one lever a problem), joint, wage, price_quantity, provision",
    )
    pairs.add_argument(
        "--wording",
        default="plain",
        metavar="NAME[,NAME]",
        help="plain, another wording of the task, several, compact, or all for every one but compact",
    )
    pairs.add_argument(
        "--elicitation",
        default="all",
        choices=("explain", "text", "choose", "all"),
        help="as the task asks: responses explain and close with the choice (explain, text), are the closing "
        "sentence alone (choose), or each in turn (all)",
    )
    pairs.add_argument(
        "--voice",
        default="varied",
        choices=("varied", "terse"),
        help="many templates, or one short sentence with the four gains, for small models",
    )
    pairs.add_argument(
        "--draw",
        default="argmax",
        choices=("argmax", "gap"),
        help="argmax: every pair counts; gap: kept with probability tanh(gamma*dU/2), so near-ties are rare",
    )
    pairs.add_argument("--gamma", type=float, default=1.0, help="scale of --draw gap, per raw unit (1)")
    pairs.add_argument(
        "--evaluation-seeds", type=_integers, metavar="S,S", help="evaluations to stay apart from (0 to 9)"
    )
    pairs.add_argument("--evaluation-n", type=int, metavar="N", help="problems of each of them (5000)")
    pairs.add_argument("--maker", metavar="'NAME, ADDRESS'", help=_MAKER)
    pairs.set_defaults(run=_preferences)

    games = commands.add_parser(
        "games", allow_abbrev=False, help="make pairs of plans in economic games for DPO and SFT"
    )
    games.add_argument(
        "--agent", metavar="NAME", help="whose plans: homo_economicus, homo_moralis, inequity_averse"
    )
    games.add_argument("--alpha", type=float, help="aversion to being behind (inequity_averse: .4)")
    games.add_argument("--beta", type=float, help="aversion to being ahead (inequity_averse: .3)")
    games.add_argument("--kappa", type=float, help="Kantian morality, in [0, 1] (homo_moralis: .4)")
    games.add_argument(
        "--lam",
        type=float,
        default=0.0,
        help="noise in points: a pair is kept with probability tanh(dU/(2 lam)), so near-ties are rare (0: "
        "every pair is kept)",
    )
    games.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to make")
    games.add_argument("--pairs", type=int, default=10_000, metavar="N", help="number of pairs (10000)")
    games.add_argument("--seed", type=int, default=0, help="seed of every draw (0)")
    games.add_argument(
        "--labels",
        default="neutral",
        choices=("neutral", "labelled", "both"),
        help="actions are letters, words, or each for half of the pairs (neutral)",
    )
    games.add_argument(
        "--elicitation",
        default="both",
        choices=("explain", "answer", "both"),
        help="reasoning and the plan's lines, these lines alone, or each for half of the pairs (both)",
    )
    games.add_argument("--maker", metavar="'NAME, ADDRESS'", help=_MAKER)
    games.set_defaults(run=_games)

    screen = commands.add_parser(
        "screen",
        allow_abbrev=False,
        help="look for duplicates, leakage, imbalance and shortcuts in any preference or SFT data",
        epilog="Reads TRL's formats (prompt/chosen/rejected, prompt/completion, with label, messages, text), "
        "plain or conversational, from .parquet, .jsonl and .json. Exit codes: 0; 1 if --fail-on found "
        "something; 2 for data or arguments that cannot be used.",
    )
    screen.add_argument(
        "data", nargs="+", type=Path, metavar="DATA", help="files, or folders of one data set each"
    )
    screen.add_argument("--out", type=Path, metavar="FILE", help="JSON of all checks")
    screen.add_argument(
        "--logs",
        action="append",
        default=[],
        metavar="LOGS",
        help="logs whose problems must not be in the data; can be repeated",
    )
    screen.add_argument("--fail-on", choices=("problem", "note"), help="exit with 1 if one was found")
    screen.set_defaults(run=_screen)

    for name, (_, what) in _METHODS.items():
        command = commands.add_parser(
            name,
            parents=[target],
            allow_abbrev=False,
            help=what,
            epilog="Every further argument goes to TRL and overrides the recipe: --learning_rate 1e-5",
        )
        command.add_argument("--recipe", type=Path, required=True, metavar="YAML", help="TRL's settings")
        command.add_argument("--base", metavar="MODEL", help="base model instead of the recipe's")
        what, options = ("pairs made by train pairs or train games", ("--pairs",))
        if name == "match":
            what, options = ("games made by train games, whose plans are matched", ("--problems", "--pairs"))
            command.add_argument(
                "--gamma",
                type=float,
                metavar="G",
                help="how sharply the target tells better from worse (> 0)",
            )
            command.add_argument(
                "--lam", type=float, metavar="L", help="noise of plans in games, points (> 0)"
            )
        command.add_argument("--data", type=Path, metavar="DIR", help=f"{what}; otherwise made now")
        command.add_argument(
            *options, dest="pairs", type=int, metavar="N", help="number to make (10000), or to take of --data"
        )
        command.add_argument(
            "--start", type=Path, metavar="DIR", help="an adapter to continue from instead of a new one"
        )
        command.add_argument("--seed", type=int, default=0, help="seed of pairs and training (0)")
        command.add_argument("--maker", metavar="'NAME, ADDRESS'", help=_MAKER)
        command.add_argument("--resume", action="store_true", help="continue a run that was stopped")
        command.add_argument(
            "--keep-checkpoints",
            action="store_true",
            help="leave every checkpoint's adapter in DIR/checkpoints/STEP, for rebench --checkpoints: one "
            "every save_steps, also of those that save_total_limit deletes",
        )
        command.set_defaults(run=_train)

    scale = commands.add_parser(
        "scale",
        allow_abbrev=False,
        help="an adapter at another strength: its change of the weights multiplied",
    )
    scale.add_argument("--adapter", type=Path, required=True, metavar="DIR", help="folder of a LoRA adapter")
    scale.add_argument("--strength", type=float, required=True, metavar="S", help="factor > 0; 1 is as it is")
    scale.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to make")
    scale.set_defaults(run=_scale)
    return parser


def _rebench_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fiduciary rebench",
        parents=[_target_options("the target of adapters that do not say it themselves")],
        allow_abbrev=False,
        description="Measure base and adapters alike, and compare them.",
        epilog="Writes comparison.md, .json and .png, checkpoints.png and logs/ into --out. A stopped run "
        "continues when the same command is given again.",
    )
    parser.add_argument("--base", required=True, metavar="MODEL", help="folder or name of the base")
    parser.add_argument(
        "--adapter",
        action="append",
        default=[],
        metavar="[NAME=]DIR",
        help="adapter to compare with the base; can be repeated. The base's own folder "
        "makes a second name for the base",
    )
    parser.add_argument(
        "--checkpoints",
        action="store_true",
        help="ask the checkpoints that train --keep-checkpoints kept of each adapter too, as NAME-STEP",
    )
    parser.add_argument(
        "--task",
        action="append",
        default=[],
        metavar="'NAME [ARG=VALUE …]'",
        help="what to ask; can be repeated (default: stakeholder_choice, 1,000 problems of the joint "
        "and of the published design)",
    )
    parser.add_argument(
        "--engine",
        default="auto",
        choices=("auto", "vllm", "transformers"),
        help="auto: one vLLM server for all where vLLM is installed, else transformers in this process",
    )
    parser.add_argument(
        "--server", metavar="URL", help="a running vLLM server that knows the adapters by name"
    )
    parser.add_argument(
        "--write-cards", action="store_true", help="write what was measured into the adapters' model cards"
    )
    parser.set_defaults(run=_rebench)
    return parser


def _target_options(use: str) -> argparse.ArgumentParser:
    """Options that state whose preference is meant, for the commands that take one."""
    target = argparse.ArgumentParser(add_help=False)
    add_principal(target, use)
    target.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to make")
    return target
