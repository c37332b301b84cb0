"""What is asked: one folder a task."""
