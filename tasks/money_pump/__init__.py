"""Trades for a fee around the circle that a model's own answers drew."""
