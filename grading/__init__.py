"""What a data file is: its profile, its quality, its sensitivity, its level."""
