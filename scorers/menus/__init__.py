"""Menus that grow and shrink: scorer, metrics and lines of a report."""
