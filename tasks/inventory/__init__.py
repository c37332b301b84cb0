"""What the inventory tasks share: instruments, wordings, blocks, and the import of an official text."""
