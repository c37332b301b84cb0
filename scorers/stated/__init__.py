"""What was stated beside what was done: scorer, table and report."""
