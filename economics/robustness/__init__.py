"""What changes in decisions under pressure: choices, preferences, susceptibility, refusals; with tests."""
