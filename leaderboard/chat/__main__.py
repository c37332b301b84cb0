"""``python -m leaderboard.chat``."""

from leaderboard.chat.command import main

if __name__ == "__main__":
    raise SystemExit(main())
