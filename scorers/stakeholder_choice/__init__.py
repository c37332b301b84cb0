"""Choices between stakeholders: scorers, metrics and report."""
