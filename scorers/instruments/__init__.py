"""Explanations that were asked to weigh a group, and choices behind them: scorer, metrics, table and report."""
