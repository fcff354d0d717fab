"""What owners declare about their files: checked when it comes in, kept as plain values."""
