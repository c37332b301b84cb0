"""The page: one static file with a table, charts, and ranks for any principal, computed in the browser."""

from fiduciary.leaderboard.page.builder import build

__all__ = ["build"]
