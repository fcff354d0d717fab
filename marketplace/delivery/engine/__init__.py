"""Pure transformations of what is handed over: masking. No Django, no database."""
