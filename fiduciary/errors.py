"""The error that every command prints as one line."""


class UsageError(ValueError):
    """What was asked for cannot be done; one line says why."""
