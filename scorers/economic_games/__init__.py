"""Plans and beliefs in games: scorer, metrics, table and report."""
