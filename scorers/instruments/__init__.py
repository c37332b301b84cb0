"""Explanations asked to weigh a group, and the choices behind them: scorer, metrics, table and report."""
