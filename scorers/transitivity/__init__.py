"""Choices between two: scorer, metrics and table."""
