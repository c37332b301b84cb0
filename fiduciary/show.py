"""One question as a model sees it, and what the whole run would ask: the command ``fiduciary show``.

The task's own solver asks a stand-in that answers everything with the first label offered, so what is printed
is what is sent, and nothing has to be kept in step with the solvers.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import string
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiduciary.errors import UsageError

if TYPE_CHECKING:
    from inspect_ai import Task
    from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput

CHARACTERS_PER_TOKEN = 4
MOST_SAMPLES = 44
"""Samples, evenly spaced over the run, that are asked to estimate what all of them cost."""


@dataclass
class Asked:
    """What the stand-in was asked.

    Attributes:
        requests: messages and settings of every request, in the order of arrival.
        samples: of the task.
        looked_at: how many of them were asked.
    """

    requests: list[tuple[list[ChatMessage], GenerateConfig]] = field(default_factory=list)
    samples: int = 0
    looked_at: int = 0

    def cost(self, count: Callable[[Sequence[ChatMessage]], int] | None = None) -> tuple[float, float, float]:
        """Calls of the whole run, tokens read, and tokens written at most.

        Args:
            count: tokens of messages; by default a quarter of their characters.
        """
        scale = self.samples / self.looked_at
        read = sum((count or _characters)(messages) for messages, _ in self.requests)
        most = sum(config.max_tokens or 0 for _, config in self.requests)
        return len(self.requests) * scale, read * scale, most * scale

    def answer(
        self, input: list[ChatMessage], tools: Any, choice: Any, config: GenerateConfig
    ) -> ModelOutput:
        """Take a request in and give a plain answer."""
        from inspect_ai.model import Logprob, Logprobs, ModelOutput, ModelUsage, TopLogprob

        self.requests.append((list(input), config))
        label = _first_label(input)
        output = ModelOutput.from_content("mockllm/model", label if config.logprobs else "It suits all.")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        if config.logprobs:
            others = [token for token in _LABELS if token != label]
            rest = [TopLogprob(token=token, logprob=math.log(0.5 / len(_LABELS))) for token in others]
            first = TopLogprob(token=label, logprob=math.log(0.5))
            token = Logprob(token=label, logprob=first.logprob, top_logprobs=[first, *rest])
            output.choices[0].logprobs = Logprobs(content=[token])
        return output


_LABELS = string.ascii_uppercase + string.digits
_OFFERED = re.compile(r"\b([A-Z0-9])(?:, [A-Z0-9])* or [A-Z0-9]\b")


def _first_label(messages: Sequence[ChatMessage]) -> str:
    """The first of the labels that the last text lists; A where it lists none."""
    users = [message.text for message in messages if message.role == "user"]
    found = _OFFERED.findall(users[-1]) if users else []
    return found[-1] if found else "A"


def main(argv: Sequence[str] | None = None) -> int:
    """Print questions and an estimate of the run; return the exit code.

    Raises:
        UsageError: no such task, a folder without a tokenizer, or a dry run that fails; a task's own errors
            name its arguments.
    """
    options = _parser().parse_args(argv)
    if options.n < 1:
        raise UsageError(f"--n must be at least 1, got {options.n}")

    # After the arguments are read: these load Inspect, which takes most of a second.
    os.environ["INSPECT_DISPLAY"] = "none"
    from fiduciary import _registry
    from fiduciary._inspect import PrerequisiteError, parse_cli_args, plain_message

    name = options.task.rstrip("/").rpartition("/")[2]
    make = getattr(_registry, name, None) if name in TASKS else None
    if make is None:
        raise UsageError(f"there is no task {name!r}; there are {', '.join(TASKS)}")
    try:
        task: Task = make(**parse_cli_args(tuple(options.arguments)))
    except PrerequisiteError as error:
        raise UsageError(plain_message(error)) from None
    goes_on = task.sample_source is not None
    asked, trouble = dry_run(task)
    if not asked.requests:
        raise UsageError(f"nothing could be asked: {trouble}")
    write = _Template(options.template).text if options.template is not None else _plain
    for number, (messages, config) in enumerate(asked.requests[: options.n], 1):
        print(f"--- request {number}: {_settings(config)}\n{write(messages)}\n")
    if trouble:
        raise UsageError(f"the dry run failed, so that calls cannot be counted: {trouble}")
    print(_estimate(asked, options.template))
    if goes_on:
        print("That is the first batch; what it goes on with, and how long, depends on the answers.")
    if name == MAIN:
        print(f"Other tasks: fiduciary show TASK, with {', '.join(TASKS[1:-1])} or {TASKS[-1]}.")
        print("Which design and way of asking buys what precision: fiduciary plan.")
    return 0


def dry_run(task: Task) -> tuple[Asked, str]:
    """Ask the stand-in some of a task's samples; what it was asked, and what went wrong, "" for nothing."""
    from inspect_ai import eval, task_with
    from inspect_ai.model import get_model

    asked = Asked()
    model = get_model("mockllm/model", memoize=False, custom_outputs=asked.answer)
    model.api.continues_turns = True  # type: ignore[attr-defined]
    ids = [str(sample.id) for sample in task.dataset]
    chosen = ids[:: max(1, len(ids) // MOST_SAMPLES)]
    asked.samples, asked.looked_at = len(ids), len(chosen)
    # What an adaptive task goes on with depends on answers, which the stand-in does not give.
    first = task_with(task, dataset=[sample for sample in task.dataset if str(sample.id) in set(chosen)])
    with tempfile.TemporaryDirectory() as folder:
        [log] = eval(first, model=model, max_samples=1, score=False, log_dir=folder, display="none")
    return asked, "" if log.status == "success" else str(log.error.message if log.error else log.status)


def _plain(messages: Sequence[ChatMessage]) -> str:
    return "\n\n".join(f"[{message.role}]\n{message.text}" for message in messages)


class _Template:
    """Messages through the chat template of a model folder."""

    def __init__(self, folder: Path) -> None:
        try:
            from transformers import AutoTokenizer
        except ImportError:
            raise UsageError(
                "--template needs transformers: run it in .venv-train (make train-env)"
            ) from None
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        except (OSError, ValueError) as error:
            raise UsageError(f"--template {folder} holds no tokenizer: {error}") from None

    def text(self, messages: Sequence[ChatMessage]) -> str:
        turns = [{"role": message.role, "content": message.text} for message in messages]
        begun = turns[-1]["role"] == "assistant"
        return str(
            self.tokenizer.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=not begun, continue_final_message=begun
            )
        )

    def count(self, messages: Sequence[ChatMessage]) -> int:
        return len(self.tokenizer(self.text(messages), add_special_tokens=False)["input_ids"])


def _settings(config: GenerateConfig) -> str:
    parts = [f"temperature {config.temperature:g}" if config.temperature is not None else ""]
    parts.append(f"at most {config.max_tokens} tokens" if config.max_tokens else "")
    parts.append("log-probabilities of the labels" if config.logprobs else "")
    return ", ".join(filter(None, parts))


def _estimate(asked: Asked, template: Path | None) -> str:
    calls, read, most = asked.cost(_Template(template).count if template is not None else None)
    how = "" if template is not None else f" (characters / {CHARACTERS_PER_TOKEN}; --template counts them)"
    return (
        f"{asked.samples:,} samples, about {calls:,.0f} calls with {read:,.0f} tokens read{how} and at most "
        f"{most:,.0f} written; from {asked.looked_at} of the samples."
    )


def _characters(messages: Sequence[ChatMessage]) -> int:
    return sum(len(message.text) for message in messages) // CHARACTERS_PER_TOKEN


MAIN = "stakeholder_choice"
"""The task that is shown where none is named."""

TASKS = (
    MAIN,
    "reachable",
    "stated",
    "transitivity",
    "menus",
    "axioms",
    "allocation",
    "money_pump",
    "delegation",
    "economic_games",
    "duopoly_pricing",
    "moral_dilemmas",
    "stress",
    "instruments",
    "hexaco100",
    "dark_tetrad",
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fiduciary show",
        description="Questions of a task as a model sees them, and what a run asks; no model is called.",
        epilog=f"Tasks: {', '.join(TASKS)}. Exit codes: 0; 2 for an argument that cannot be used.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "task",
        nargs="?",
        default=MAIN,
        metavar="TASK",
        help=f"a task's name, or its folder: tasks/menus (default {MAIN})",
    )
    parser.add_argument(
        "-T", dest="arguments", action="append", default=[], metavar="NAME=VALUE", help="the task's arguments"
    )
    parser.add_argument("--n", type=int, default=1, metavar="N", help="requests to print (default 1)")
    parser.add_argument(
        "--template",
        type=Path,
        metavar="DIR",
        help="write them through the chat template of this model folder",
    )
    return parser
