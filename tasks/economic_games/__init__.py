"""Economic games by the strategy method, with beliefs."""
