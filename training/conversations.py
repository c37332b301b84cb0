"""A conversation as the tokens of a chat template: begun turns are continued, system texts never lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiduciary.training.errors import TrainingError

_MARK = "Zyzzyva."
"""A system text that no template holds of itself."""


def takes_system(tokenizer: Any) -> bool:
    """Whether the chat template shows a system message; some refuse one, some leave it out."""
    from jinja2 import TemplateError

    asked = [{"role": "system", "content": _MARK}, {"role": "user", "content": "?"}]
    try:
        return _MARK in tokenizer.apply_chat_template(asked, tokenize=False)
    except TemplateError:
        return False


def folded(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The conversation with its system texts in front of the first user's text, a blank line between.

    Raises:
        TrainingError: a system text and no user's turn that could hold it.
    """
    system = [message["content"] for message in messages if message["role"] == "system"]
    others = [dict(message) for message in messages if message["role"] != "system"]
    if not system:
        return others
    for message in others:
        if message["role"] == "user":
            message["content"] = "\n\n".join([*system, message["content"]])
            return others
    raise TrainingError(
        "the chat template takes no system message, and the conversation has no user's turn that could hold "
        "the system text."
    )


def whole(tokenizer: Any, messages: Sequence[Mapping[str, str]]) -> str:
    """The text of a conversation that has come to its end.

    Raises:
        TrainingError: the template cannot lay this conversation out.
    """
    from jinja2 import TemplateError

    try:
        return str(tokenizer.apply_chat_template([dict(message) for message in messages], tokenize=False))
    except (TemplateError, ValueError) as error:
        raise _not_laid_out(messages, error) from error


def laid_out(tokenizer: Any, messages: Sequence[Mapping[str, str]], *, system: bool) -> list[int]:
    """Token numbers up to where the model goes on.

    Args:
        tokenizer: with a chat template.
        messages: role and content, oldest first. Where the last one is the assistant's, its turn stays open;
            otherwise a new one begins.
        system: what :func:`takes_system` says; without, system texts go into the first user's turn.

    Raises:
        TrainingError: the template cannot lay this conversation out.
    """
    from jinja2 import TemplateError

    asked = [dict(message) for message in messages] if system else folded(messages)
    begun = bool(asked) and asked[-1]["role"] == "assistant"
    try:
        ids = tokenizer.apply_chat_template(
            asked, add_generation_prompt=not begun, continue_final_message=begun, return_dict=False
        )
    except (TemplateError, ValueError) as error:
        raise _not_laid_out(asked, error, " whose last turn is to be continued" if begun else "") from error
    return list(ids)


def _not_laid_out(asked: Sequence[Mapping[str, str]], error: Exception, how: str = "") -> TrainingError:
    roles = ", ".join(message["role"] for message in asked)
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    return TrainingError(f"the model's chat template cannot lay out a conversation of {roles}{how}: {said}.")
