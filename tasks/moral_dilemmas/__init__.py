"""Self-driving cars that cannot save everyone, and profit against employees."""
