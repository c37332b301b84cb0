"""The error that every command prints as one line."""


class UsageError(ValueError):
    """What was asked for cannot be done.

    Args:
        message: what is wrong and what to do; line breaks become spaces.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))
