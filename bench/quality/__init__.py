"""What the profile of a file costs and how near its estimates come, beside others that do the like."""
