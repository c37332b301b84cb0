"""What an answer means: one scorer a file, metrics that call the estimators in ``scorers.metrics``."""
