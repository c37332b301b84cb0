"""Budgets split between stakeholders at varying prices: is there a preference, and which one?"""
