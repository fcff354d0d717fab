"""What a decided category says beside its domain: which sector the data is of, and whether it is about persons."""

from typing import Final

from grading.rules.shipped import shipped_rules

_OF_PERSONS: Final = ("personal", "sensitive_personal")
"""Conditions of the attributes of a category that stand for personal information."""


def sector_in(category: str) -> str | None:
    """The sector of a category's path such as `health/clinical_records`; None where its first word is no sector."""
    head = category.partition("/")[0].strip().casefold()
    return head if head in {sector.code for sector in shipped_rules().categories.sectors} else None


def of_persons(category: str) -> bool:
    """Whether the path's attribute is that of personal information, sensitive or not."""
    attributes = {code for code, condition in shipped_rules().categories.attributes if condition in _OF_PERSONS}
    return category.rpartition("/")[2].strip().casefold() in attributes


def meant_by(declared: str) -> str | None:
    """The sector of the classification that a provider's word means (`statistics`: government); None for none."""
    return shipped_rules().categories.sector_of(declared)
