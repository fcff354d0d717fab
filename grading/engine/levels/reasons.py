"""What the codes of reasons say, in English; a scheme's own rules have words where their codes stand here."""

from collections.abc import Mapping

#: Codes of reasons with their English message templates.
REASONS: Mapping[str, str] = {
    "sensitive_personal": "%(columns)s: sensitive personal information, at least %(level)s.",
    "ordinary_personal": "%(columns)s: personal information, at least %(level)s.",
    "declared_trade_secret": "The provider declares a trade secret, at least %(level)s.",
    "declared_not_public": "The provider declares that the data is not public, at least %(level)s.",
    "many_persons": "Personal information on %(persons)s persons (rows, or more where declared), at least %(level)s.",
    "nothing_sensitive": "No column was found to hold personal or business secrets: %(level)s.",
    "possibly_above_general": (
        "The data may be important or core: until people decide it is not below what general data can be, "
        "at least %(level)s."
    ),
    "masked_columns": (
        "%(columns)s: masked values. They count in full, since persons may be recognised by what stands beside them; "
        "people may decide a lower level."
    ),
    "column_floor": "%(columns)s: type %(type)s, at least %(level)s.",
    "personal_at_large_scale": (
        "Personal information on %(persons)s persons (rows, or more where declared) may be important data; "
        "people must decide."
    ),
    "sensitive_personal_at_scale": (
        "Sensitive personal information on %(persons)s persons (rows, or more where declared) may be important data."
    ),
    "declared_in_important_catalogue": "The provider names a catalogue of important data.",
    "declared_national_security": "The provider declares a relation to national security: may be core data.",
    "precise_geography_at_scale": "Precise coordinates in %(rows)s rows may be important data.",
    "group_of_note": "%(columns)s: personal information of %(groups)s, at least %(level)s.",
    "protected_group": (
        "%(columns)s: personal information of %(groups)s, whose membership alone is sensitive, at least %(level)s."
    ),
    "personal_in_sensitive_field": "%(columns)s: personal information in health or finance, at least %(level)s.",
    "most_persons_of_a_city": (
        "Personal information that covers %(percent)s%% of what there is (extent: %(extent)s), at least %(level)s."
    ),
    "detailed_persons": (
        "%(types)s kinds of personal information side by side describe persons in detail, at least %(level)s."
    ),
    "modelled_persons": "%(columns)s: persons as models see them, at least %(level)s.",
    "exact_prices_at_scale": "%(columns)s: exact prices in %(rows)s rows, at least %(level)s.",
    "lifeline_service": "The provider declares that a lifeline service is described, at least %(level)s.",
    "emergency_response": "The provider declares that the data serves emergency response, at least %(level)s.",
    "derived_without_reason": (
        "Derived from data graded %(source_level)s: without a stated reason it is not below, at least %(level)s."
    ),
    "derived_is_not_lowered": (
        "Derived from data graded %(source_level)s: this processing does not lower "
        "the level (%(processing)s), at least %(level)s."
    ),
    "derived_may_be_lower": (
        "Derived from data graded %(source_level)s with a stated reason to be "
        "lower (%(processing)s): at most %(steps)s below, at least %(level)s."
    ),
    "derived_from_ungraded": "Data that this was derived from has no grade yet: this is graded again when it has.",
    "derived_by_fusion": "Fused data may say more than each of its sources: assess what it says as a whole.",
    "group_at_scale": (
        "Personal information of %(groups)s, on %(persons)s persons (rows, or more where declared), "
        "may be important data."
    ),
    "group_of_the_state": "The data is about %(groups)s and may be important data.",
    "sensitive_area": "The data describes %(areas)s and may be important data.",
    "sensitive_area_in_detail": "Coordinates with %(decimals)s decimals of %(areas)s may be core data.",
    "wide_precise_geography": (
        "Coordinates with %(decimals)s decimals over %(area_km2)s km² or more may be important data."
    ),
    "most_persons_of_a_province": (
        "Personal information that covers %(percent)s%% of what there is (extent: %(extent)s) may be important data."
    ),
    "most_business_of_a_province": (
        "Business information that covers %(percent)s%% of what there is (extent: %(extent)s) may be important data."
    ),
    "transport_persons_at_scale": (
        "Personal information of transport on %(persons)s persons (rows, or more where declared) may be important data."
    ),
    "traffic_flows": "Vehicles to the %(unit)s in %(rows)s rows show flows of traffic and may be important data.",
    "unpublished_statistics": "Unpublished statistics (extent: %(extent)s) may be important data.",
    "critical_infrastructure": (
        "The provider declares that critical infrastructure is described: may be important data."
    ),
    "infrastructure_of_a_province": (
        "Critical infrastructure, %(percent)s%% of what there is (extent: %(extent)s), may be core data."
    ),
    "strategic_resource": "The provider declares that strategic resources are described: may be important data.",
    "controlled_technology": "The provider declares technology under export control: may be important data.",
    "derived_from_important": "Derived from important data: may be important data itself.",
    "derived_from_core": "Derived from core data: may be core data itself.",
    "graded_elsewhere": (
        "The owner grades the data %(scheme_level)s in the scheme %(scheme)s, which counts as national "
        "%(national_level)s: at least %(level)s."
    ),
    "above_general_elsewhere": (
        "The owner grades the data %(scheme_level)s in the scheme %(scheme)s, which may be national "
        "%(national_level)s; people must decide."
    ),
    "unknown_level": (
        "The owner grades the data %(scheme_level)s in the scheme %(scheme)s, which is not known any more: "
        "it counts no lower than it did last."
    ),
}
