"""Choices between options that share gains out among shareholders, employees, consumers and society."""
