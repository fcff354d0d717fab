"""Pure rules of matching: text analysis, relevance, hard constraints, ranking. No Django, no database, no clock."""
