"""What a user can put right, in one line."""

from __future__ import annotations


class ChatError(Exception):
    """Something that a user can put right.

    Args:
        message: what is wrong and what to do; line breaks become spaces.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))
