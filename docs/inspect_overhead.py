"""What Inspect itself spends on a question: processor time, by a model that answers at once in process.

    python docs/inspect_overhead.py [N]

Needs inspect-ai alone; docs/inspect_overhead.md says what comes out.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable

from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

QUESTION = "Which option do you choose? " * 40  # about 1,100 characters


def model() -> Model:
    """Answers "A" at once; with usage, so that no tokenizer is looked for."""

    def answer(*_: object) -> ModelOutput:
        output = ModelOutput.from_content("mockllm/model", "A")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    return get_model("mockllm/model", memoize=False, custom_outputs=answer)


@solver
def ask(times: int = 1) -> Solver:
    """Ask a sample's question so many times."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for _ in range(times):
            state.output = await get_model().generate(state.messages)
        return state

    return solve


@scorer(metrics=[accuracy()])
def answered() -> Scorer:
    """1 for every answer."""

    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=1)

    return score


def in_samples(n: int, per_sample: int = 1, **options: bool) -> float:
    """Processor seconds of a run that asks n questions."""
    samples = [Sample(input=QUESTION, id=str(i)) for i in range(n // per_sample)]
    task = Task(dataset=samples, solver=ask(per_sample), scorer=answered())
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        eval(task, model=model(), log_dir=folder, display="none", **options)  # type: ignore[arg-type]
        return time.process_time() - began


def alone(n: int) -> float:
    """Processor seconds of the same calls outside of any run."""

    async def calls() -> None:
        asked = model()
        for _ in range(n):
            await asked.generate(QUESTION)

    began = time.process_time()
    asyncio.run(calls())
    return time.process_time() - began


def main() -> None:
    """Print milliseconds a question, the best of three rounds."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    quiet = {"log_realtime": False, "score_display": False}
    ways: list[tuple[str, Callable[[], float]]] = [
        ("one question a sample", lambda: in_samples(n)),
        ("  without realtime log", lambda: in_samples(n, log_realtime=False)),
        ("  without realtime log and score display", lambda: in_samples(n, **quiet)),
        ("ten questions a sample", lambda: in_samples(n, 10)),
        ("  without realtime log and score display", lambda: in_samples(n, 10, **quiet)),
        ("Model.generate() outside of a run", lambda: alone(n)),
    ]
    in_samples(n)  # what is loaded or compiled once does not count
    rounds = [[way() for _, way in ways] for _ in range(3)]
    for (name, _), seconds in zip(ways, zip(*rounds, strict=True), strict=True):
        print(f"{name:44}{1000 * min(seconds) / n:8.2f} ms")


if __name__ == "__main__":
    main()
