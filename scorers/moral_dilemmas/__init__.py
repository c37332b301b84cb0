"""Moral dilemmas: scorer, metrics and report."""
