"""The rule files an examination works with, loaded together."""

from dataclasses import dataclass
from pathlib import Path

from grading.engine.categories import Categories, load_categories
from grading.engine.levels import Scheme, load_scheme
from grading.engine.quality import QualityProfile, load_quality_profile
from grading.engine.sensitivity import Taxonomy, load_taxonomy

SHIPPED = Path(__file__).resolve().parent.parent / "schemes"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of each rule file."""

    quality: QualityProfile
    taxonomy: Taxonomy
    scheme: Scheme
    categories: Categories

    def versions(self) -> dict[str, str]:
        """`code@version` by kind of rules."""
        return {
            "quality_profile": f"{self.quality.code}@{self.quality.version}",
            "sensitive_types": f"{self.taxonomy.code}@{self.taxonomy.version}",
            "scheme": f"{self.scheme.code}@{self.scheme.version}",
            "categories": f"{self.categories.code}@{self.categories.version}",
        }


def load_rules(folder: Path | str | None = None, *, quality: str = "default", scheme: str = "national") -> RuleSet:
    """Load the rule files of a folder (default: the shipped ones).

    Raises InvalidRules, InvalidTaxonomy or InvalidScheme (all ValueError) naming what is wrong.
    """
    place = Path(folder) if folder is not None else SHIPPED
    taxonomy = load_taxonomy(place / "sensitive_types.toml")
    return RuleSet(
        quality=load_quality_profile(place / f"quality_profile_{quality}.toml"),
        taxonomy=taxonomy,
        scheme=load_scheme(place / f"{scheme}.toml"),
        categories=load_categories(place / "categories.toml", types=taxonomy.types),
    )
