"""The reverse direction, read: which open demands a listing can be shown for, from one statement.

The statement is `conditions` turned round: the columns of the demands against what is known of one listing. It sums
what the listing says by the words that it shares with each demand (`engine.reverse`), counts the constraints that it
fails, and keeps the demands whose mark it reaches. What the decision table answers is settled for each region and
purpose beforehand; where accreditations decide, and where it makes a difference, the buyers are asked of afterwards.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from foundation.rulebooks.in_force import in_force
from marketplace.authorization.admission import Admission, Buyer
from marketplace.catalog import selectors as catalog
from marketplace.matching import states
from marketplace.matching.engine.constraints import WHOLE_COUNTRY, prefix_of
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.reverse import DRIFT, MOVED, said_by
from marketplace.matching.engine.soft import soft_values
from marketplace.matching.engine.text import analyse
from marketplace.matching.engine.weights import COLUMNS, PRICE, TextWeights, Weights
from marketplace.matching.facts import listing_facts
from marketplace.matching.indexed import access_facts, facts_of
from marketplace.matching.models import IndexedListing
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.weighing import catalogue_for

_FAILS: Final = """
    (sector NOT IN ('', %(sector)s))::int
  + (regions <> '{}' AND NOT coalesce((SELECT bool_or(part = %(region)s OR part <> %(country)s AND starts_with(part,
        %(region_prefix)s::text)) FROM unnest(regions) AS part), false))::int
  + (coalesce(covers_from, covers_until) IS NOT NULL AND NOT coalesce(
        %(covers_from)s::date <= coalesce(covers_from, covers_until)
        AND %(covers_until)s::date >= coalesce(covers_until, covers_from), false))::int
  + (formats <> '{}' AND NOT formats && %(formats)s::varchar[])::int
  + (minimum_quality IS NOT NULL AND NOT coalesce(%(quality)s::float8 >= minimum_quality, false))::int
  + (maximum_age_days IS NOT NULL AND NOT coalesce(
        %(freshness_on)s::date >= %(today)s::date - least(maximum_age_days, %(days_ever)s), false))::int
  + (supply_modes <> '{}' AND NOT %(supply_mode)s = ANY(supply_modes))::int
  + (purpose <> '' AND %(purposes)s::varchar[] <> '{}' AND NOT purpose = ANY(%(purposes)s::varchar[]))::int
  + (scenario <> '' AND %(scenario)s NOT IN ('', scenario))::int
  + (budget IS NOT NULL AND NOT coalesce(%(price)s::numeric <= budget
        AND (currency = %(currency)s OR %(price)s::numeric = 0), false))::int
  + (exclusive AND NOT (%(exclusive_free)s AND %(kept_for)s::bigint[] <@ ARRAY[organisation_id]))::int
  + %(licensed_alone)s
"""
"""How many constraints of a demand the listing fails, but for those that nobody's demand would lift, and access."""

_SLACK_OF_PRICE: Final = """
    CASE WHEN %(price)s::numeric IS NULL OR budget IS NULL THEN 0
         WHEN %(price)s::numeric <= 0 THEN 1
         WHEN currency <> %(currency)s OR budget <= 0 THEN 0
         ELSE greatest(0, 1 - %(price)s::numeric / budget) END
"""

_CANDIDATES: Final = """
WITH said AS (
    SELECT * FROM unnest(%(terms)s::varchar[], %(surfaces)s::float8[], %(stems)s::float8[],
                         %(surface_rarities)s::float8[], %(stem_rarities)s::float8[])
               AS said(term, surface, stem, surface_rarity, stem_rarity)
), words AS (
    SELECT demand_id,
           %(benefit)s * greatest(
               sum(said.surface * held.surface_rarity * {surface} + said.stem * held.stem_rarity * {stem}),
               sum(said.surface * said.surface_rarity * {surface} + said.stem * said.stem_rarity * {stem})) AS score,
           sum(%(surface_share)s * {surface} * abs(said.surface_rarity - held.surface_rarity)
               + %(stem_share)s * {stem} * abs(said.stem_rarity - held.stem_rarity)) AS moved
      FROM matching_standingterm AS held JOIN said USING (term)
     GROUP BY demand_id
), candidates AS MATERIALIZED (
    SELECT demand.id, demand.organisation_id, buyer.region, demand.created_by_id, demand.purpose, words.score,
           standing.eligible, standing.near, standing.far,
           coalesce(words.moved > %(moved)s * least(
               nullif(standing.eligible, 0), nullif(standing.near, 0), nullif(standing.far, 0)), false) AS moved,
           %(graded)s AND demand.organisation_id <> %(provider)s AS asked,
           words.score * (%(lift)s + %(price_bonus)s * ({slack_of_price})
               + CASE WHEN columns = '{{}}' AND sample_columns = '[]' THEN 0 ELSE %(columns_bonus)s END) AS lifted,
           {fails} AS fails,
           (buyer.region || '/' || demand.purpose) = ANY(%(refused)s::text[]) AS refused,
           (buyer.region || '/' || demand.purpose) = ANY(%(open_cases)s::text[]) AS depends
      FROM matching_demand AS demand
      JOIN matching_standingdemand AS standing ON standing.demand_id = demand.id
      JOIN words ON words.demand_id = demand.id
      JOIN participants_organisation AS buyer ON buyer.id = demand.organisation_id
     WHERE demand.state = %(open)s
), marked AS (
    SELECT id, organisation_id, region, created_by_id, purpose, moved, asked, refused, depends,
           CASE fails WHEN 0 THEN lifted >= eligible WHEN 1 THEN lifted >= near
                ELSE coalesce(score >= far, false) END AS if_allowed,
           CASE fails WHEN 0 THEN lifted >= near ELSE coalesce(score >= far, false) END AS if_refused
      FROM candidates
)
SELECT id, organisation_id, region, created_by_id, purpose, if_allowed,
       NOT moved AND depends AND if_allowed <> if_refused
  FROM marked
 WHERE moved
    OR asked AND CASE WHEN refused THEN if_refused WHEN depends THEN if_allowed OR if_refused ELSE if_allowed END
"""
_CASES: Final = """
SELECT DISTINCT buyer.region, demand.purpose
  FROM matching_demand AS demand JOIN participants_organisation AS buyer ON buyer.id = demand.organisation_id
 WHERE demand.state = %s
"""
_DAYS_EVER: Final = 365 * 2000
"""Older than so many days is everything and nothing: dates before the calendar begins are not counted to."""


def shown_for(listing_id: int) -> list[int]:
    """The open demands that were matched and may show this listing, as it is now: as a match, or as a near miss.

    Beside them those of whose words one that the listing has is more or less rare by now than what they left to reach
    allows for, whether they may show it or not: every listing that makes a word common tells those who ask for it. So
    it is a superset, by that, by the DRIFT and by the bonus for wanted columns. Empty for what is not published.
    """
    row = IndexedListing.objects.filter(pk=listing_id).first()
    if row is None:
        return []
    weights: Weights = in_force(MATCHING_WEIGHTS).rules
    admission = Admission(access_facts(row))
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [states.OPEN] if row.level else [""])  # what is not graded is shown to nobody
        cases = {(region, purpose): admission.refused(region, purpose) for region, purpose in cursor.fetchall()}
        cursor.execute(
            _CANDIDATES.format(
                surface=_repeated("held.surface", weights.text),
                stem=_repeated("held.stem", weights.text),
                slack_of_price=_SLACK_OF_PRICE,
                fails=_FAILS,
            ),
            {
                **_said(row, weights.text),
                **_constants(row, weights),
                "refused": [f"{region}/{purpose}" for (region, purpose), found in cases.items() if found],
                "open_cases": [f"{region}/{purpose}" for (region, purpose), found in cases.items() if found is None],
            },
        )
        found = cursor.fetchall()
    return _kept(found, admission)


def _kept(found: Iterable[tuple[Any, ...]], admission: Admission) -> list[int]:
    """Those for whom it makes a difference whether they are refused are asked of."""
    kept, asked = [], {}
    for demand_id, *buyer, if_allowed, open_question in found:
        if open_question:
            asked[demand_id] = (Buyer(*buyer), if_allowed)
        else:
            kept.append(demand_id)
    if asked:
        refused = admission.refused_among({buyer for buyer, _if_allowed in asked.values()})
        kept += [demand_id for demand_id, (buyer, if_allowed) in asked.items() if if_allowed is (buyer not in refused)]
    return kept


def _repeated(count: str, weights: TextWeights) -> str:
    """`TextWeights.repeated` in SQL."""
    if weights.k3 is None:
        return f"{count}::float8"
    return f"coalesce(({weights.k3!r} + 1)::float8 * {count} / nullif({weights.k3!r} + {count}, 0), 0)"


def _said(row: IndexedListing, weights: TextWeights) -> dict[str, list[Any]]:
    """What it says by each of its terms, and how rare they are in the index now."""
    known = catalog.facts(catalog.published_versions().filter(pk=row.version_id))  # none: withdrawn a moment ago
    fields = listing_facts(known[0]).text_fields() if known else {}
    terms = analyse("\n".join(text for text in fields.values() if text))
    said = said_by(fields, catalogue_for({*terms.surface, *terms.stems}), weights)
    return {
        "terms": list(said),
        "surfaces": [one.surface for one in said.values()],
        "stems": [one.stem for one in said.values()],
        "surface_rarities": [one.surface_rarity for one in said.values()],
        "stem_rarities": [one.stem_rarity for one in said.values()],
    }


def _constants(row: IndexedListing, weights: Weights) -> dict[str, Any]:
    """What the listing is to constraints and soft features, whoever asks."""
    now = timezone.now()
    today = timezone.localdate(now)
    listing: ListingFacts = facts_of([row], now=now)[row.pk]
    values = soft_values(DemandFacts(text="", organisation=0), listing, weights, today)
    return {
        "open": states.OPEN,
        "provider": listing.organisation,
        "graded": bool(row.level),
        "benefit": 1 + DRIFT,
        "moved": MOVED,
        "surface_share": 1 - weights.text.stem_share,
        "stem_share": weights.text.stem_share,
        "lift": 1 + sum(weights.bonus[name] * value for name, value in values.items()),
        "price_bonus": weights.bonus[PRICE],
        "columns_bonus": weights.bonus[COLUMNS],
        "sector": row.sector,
        "region": row.region,
        "region_prefix": prefix_of(row.region) if row.region else None,
        "country": WHOLE_COUNTRY,
        "covers_from": row.covers_from,
        "covers_until": row.covers_until,
        "formats": row.formats,
        "quality": row.quality,
        "freshness_on": row.freshness_on,
        "today": today,
        "days_ever": _DAYS_EVER,
        "supply_mode": row.supply_mode,
        "purposes": row.purposes,
        "scenario": row.scenario,
        "price": row.price,
        "currency": row.currency,
        "exclusive_free": row.exclusive_offered and listing.licensed_until is None,
        "kept_for": list(listing.allotted_to),
        "licensed_alone": int(listing.exclusive_until is not None),
    }
