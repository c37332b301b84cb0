"""Economic games by the strategy method, with beliefs."""

from fiduciary.tasks.economic_games.task import economic_games

__all__ = ["economic_games"]
