"""Budgets split between stakeholders: revealed preference, its power, and CES demand."""

from fiduciary.economics.budgets.demand import demand, draw_shares, fit_demand, share_grid
from fiduciary.economics.budgets.designs import BudgetSet, check_stakeholders, draw_budgets
from fiduciary.economics.budgets.indices import houtman_maks_index, money_pump_index, varian_index
from fiduciary.economics.budgets.random_agents import bronars_power, random_afriat, random_bundles
from fiduciary.economics.budgets.revealed import afriat_index, relative_costs, satisfies_garp

__all__ = [
    "BudgetSet",
    "afriat_index",
    "bronars_power",
    "check_stakeholders",
    "demand",
    "draw_budgets",
    "draw_shares",
    "fit_demand",
    "houtman_maks_index",
    "money_pump_index",
    "random_afriat",
    "random_bundles",
    "relative_costs",
    "satisfies_garp",
    "share_grid",
    "varian_index",
]
