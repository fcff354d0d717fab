"""What one listing costs among many open demands."""
