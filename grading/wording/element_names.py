"""Names of what is declared and measured as elements of grading (GB/T 43697-2024), for people."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop as _

ELEMENT_NAMES: Final[Mapping[str, str]] = {
    # the elements
    "field": _("field"),
    "group": _("group"),
    "region": _("region"),
    "precision": _("precision"),
    "scale": _("scale"),
    "depth": _("depth"),
    "coverage": _("coverage"),
    "importance": _("importance"),
    "derivation": _("derived from"),
    "graded_elsewhere": _("graded elsewhere"),
    "declared": _("declared"),
    # groups
    "general_public": _("the general public"),
    "customers": _("customers"),
    "employees": _("employees"),
    "students": _("students"),
    "elderly": _("elderly people"),
    "officials": _("public officials"),
    "minors": _("minors"),
    "patients": _("patients"),
    "persons_with_disabilities": _("persons with disabilities"),
    "religious_believers": _("religious believers"),
    "offenders": _("offenders"),
    "key_personnel": _("personnel in key posts"),
    "military_personnel": _("military personnel"),
    # kinds of area
    "border": _("border areas"),
    "government_premises": _("premises of party and government"),
    "critical_site": _("critical sites"),
    "defence_industry": _("defence industry"),
    "nuclear_site": _("nuclear sites"),
    "military": _("military areas"),
    # importance
    "critical_infrastructure": _("critical infrastructure"),
    "lifeline_service": _("lifeline services such as water, power and heat"),
    "emergency_response": _("emergency response"),
    "strategic_resource": _("strategic resources"),
    "controlled_technology": _("technology under export control"),
    # depth
    "raw": _("raw data"),
    "processed": _("processed data"),
    "statistical": _("statistical data"),
    "model": _("output of models"),
    # coverage
    "site": _("a site"),
    "county": _("a county"),
    "city": _("a city"),
    "province": _("a province"),
    "several_provinces": _("several provinces"),
    "country": _("the whole country"),
    # units of time
    "day": _("day"),
    "hour": _("hour"),
    "minute": _("minute"),
    "second": _("second"),
    # processing
    "cleaned": _("cleaned"),
    "extracted": _("extracted"),
    "masked": _("masked"),
    "labelled": _("labelled"),
    "aggregated": _("aggregated"),
    "fused": _("fused"),
    "modelled": _("modelled"),
    # what providers declare
    "trade_secret": _("trade secret"),
    "not_public": _("not public"),
    "important_catalogue": _("named in a catalogue of important data"),
}
