"""A data file examined where it lies, without a database, and what was found as a record or as a page to read."""
