"""Chains of trades that lead in a circle: scorer, metrics and table."""
