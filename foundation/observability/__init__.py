"""What operators see of a running exchange: log records that can be joined by their ids, and metrics."""
