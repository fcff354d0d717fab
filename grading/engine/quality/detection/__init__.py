"""Errors that nobody wrote a rule for, found by what a table says of itself."""
