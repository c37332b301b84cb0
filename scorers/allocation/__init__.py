"""Budgets divided between groups: scorer, metrics, table, report and picture."""
