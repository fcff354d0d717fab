"""Grading schemes of sectors and regions as ladders of levels, and the crosswalk between them (P07)."""
