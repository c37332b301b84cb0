"""What may be claimed from answers: intervals, families of tests, whether there is anything to measure."""
