"""The error that a command prints as one line, without a traceback."""

from __future__ import annotations


class TrainingError(Exception):
    """Something that the user can put right; the message says what, and what to do."""
