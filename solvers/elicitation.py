"""In which form an answer is asked for: explain then choose, letter only, log-probabilities, both."""

from __future__ import annotations

from types import MappingProxyType

from inspect_ai.model import ChatMessage, ChatMessageUser, GenerateConfig, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.sampling import neutral_sampling, request_seed

ELICITATIONS = ("explain", "answer", "logprobs", "both")

LOGPROBS_STORE = "label_logprobs"
"""Where ``both`` leaves the log-probabilities of its second question, for the scorers."""

LOGPROBS_TEMPERATURE = 1.0
"""Log-probabilities are those of the model's own distribution, whatever the temperature plan."""

TOP_LOGPROBS = 20  # the most that providers return

_EXPLAIN = (
    "Explain your reasoning in a few sentences. Then end your response with exactly this sentence, "
    "in which X stands for the letter of the option that you choose:\n"
    "Therefore, I choose: Option X."
)
_ANSWER = "Answer with the letter of one option and nothing else."

_INSTRUCTIONS = MappingProxyType(
    {"explain": _EXPLAIN, "answer": _ANSWER, "logprobs": _ANSWER, "both": _EXPLAIN}
)

MAX_TOKENS = MappingProxyType({"explain": 512, "answer": 8, "logprobs": 1, "both": 512})
"""Default length of a text answer, for a task's ``GenerateConfig``: there ``--max-tokens`` overrides it."""


def instruction(elicitation: str) -> str:
    """The last paragraph of the user's text, which says how to answer.

    ``both`` asks twice; this is the instruction of its text answer.
    """
    return _INSTRUCTIONS[elicitation]


@solver
def elicit(elicitation: str = "explain", seed: int = 0) -> Solver:
    """Ask a choice problem once (``both``: twice, in two fresh contexts).

    Temperature comes from the sample's metadata, so that it overrides the command line's; the
    request's seed from the task's seed, the sample and the epoch.

    Args:
        elicitation: one of ``ELICITATIONS``. ``logprobs`` asks for one token at temperature 1 with
            the log-probabilities of the 20 likeliest; ``both`` asks for an explanation and a choice
            at the planned temperature, and separately for log-probabilities.
        seed: the task's seed.
    """
    if elicitation not in ELICITATIONS:
        raise ValueError(f"elicitation must be one of {', '.join(ELICITATIONS)}, got {elicitation!r}")

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        text = neutral_sampling(state.model.api)
        text["seed"] = request_seed(seed, state.sample_id, state.epoch)
        text["temperature"] = float(state.metadata["temperature"])
        label = text.copy()
        label["temperature"] = LOGPROBS_TEMPERATURE
        label["max_tokens"] = 1
        label["logprobs"] = True
        label["top_logprobs"] = TOP_LOGPROBS
        if elicitation == "both":
            asked = _with(state.messages, _ANSWER)
            output = await get_model().generate(asked, config=GenerateConfig(**label))
            choice = output.choices[0] if output.choices else None
            logprobs = choice.logprobs if choice else None
            state.store.set(LOGPROBS_STORE, logprobs.model_dump() if logprobs else None)

        state.messages = _with(state.messages, instruction(elicitation))
        return await generate(state, **(label if elicitation == "logprobs" else text))

    return solve


def _with(messages: list[ChatMessage], last_paragraph: str) -> list[ChatMessage]:
    """The conversation with a paragraph appended to the user's text; the original is left alone."""
    *before, user = messages
    return [*before, ChatMessageUser(content=f"{user.text}\n\n{last_paragraph}", source=user.source)]


__all__ = [
    "ELICITATIONS",
    "LOGPROBS_STORE",
    "LOGPROBS_TEMPERATURE",
    "MAX_TOKENS",
    "elicit",
    "instruction",
]
