"""Listings and their versions."""

from functools import cache
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.errors import Unauthenticated
from marketplace.api.base import ReadByAll
from marketplace.api.idempotency import creates
from marketplace.api.pagination import NewestFirst, PinnedPages
from marketplace.api.preconditions import ETAG, IF_MATCH, MAY_MATCH, asked_revision, expected_revision, with_etag
from marketplace.api.serializers import catalog as wire
from marketplace.api.serializers.participants import ReasonIn
from marketplace.catalog import selectors, services
from marketplace.catalog.models import Listing as ListingRow
from marketplace.catalog.models import ListingVersion
from marketplace.matching import browsing


class Versioned(ReadByAll):
    """A view that answers with one version, its files and its ETag."""

    def described(self, row: ListingVersion, status: int = 200) -> Response:
        """The version as its reader sees it now."""
        (facts,) = selectors.facts([selectors.version(self.actor, row.pk)])
        return with_etag(self.answer(facts, wire.VersionOut, status=status), facts.version.revision)


INDEXED: Final = frozenset({"level", "format", "quality", "price"})
"""Filters of what only the index knows."""


@cache
def _overview() -> wire.ListingOut:
    """Made once: it keeps nothing of what it writes, and making its fields costs as much as fifteen listings."""
    return wire.ListingOut()


class Listings(Versioned):
    """`/listings`."""

    @extend_schema(parameters=[wire.CatalogueQuery], responses=wire.ListingOut(many=True))
    def get(self, request: Request) -> Response:
        """List the public catalogue, or with `?mine=1` what your organisation lists; with `q` the most relevant first.

        `q` searches titles, tags, descriptions, categories and names of columns, in Chinese and English alike.
        """
        query = wire.CatalogueQuery(data=request.query_params.dict())  # as JSON is read: empty is not absent
        query.is_valid(raise_exception=True)
        asked: dict[str, Any] = dict(query.validated_data)
        if asked.pop("mine"):
            return self._page_of(self._mine(), NewestFirst())
        filters = browsing.Filters(**asked)
        if filters.q:
            pages = PinnedPages.asked_by(request)
            found = browsing.in_order(pages.cut(0, browsing.ranked(filters)))
            return pages.get_paginated_response(self._overviews(found))
        if INDEXED.isdisjoint(asked):
            return self._page_of(selectors.published_listings(**asked), NewestFirst())
        return self._page_of(browsing.narrowed(filters), NewestFirst())

    def _page_of(self, rows: QuerySet[ListingRow], pages: NewestFirst) -> Response:
        found: list[ListingRow] = pages.paginate_queryset(rows, self.request, view=self) or []
        return pages.get_paginated_response(self._overviews(found))

    def _overviews(self, found: list[ListingRow]) -> list[dict[str, Any]]:
        return [_overview().to_representation(row) for row in selectors.overviews(self.actor, found)]

    def _mine(self) -> QuerySet[ListingRow]:
        if self.actor.kind == "anonymous":
            raise Unauthenticated
        return selectors.own_listings(self.actor)

    @extend_schema(request=wire.DraftIn, responses={201: wire.VersionOut}, parameters=[ETAG])
    @creates
    def post(self, request: Request) -> Response:
        """Draft a new listing; the answer is its first version."""
        row = services.create_listing(actor=self.actor, draft=wire.draft_of(self.read(wire.DraftIn)))
        return self.described(row, status=201)


class Facets(ReadByAll):
    """`/listings/facets`."""

    pagination_class = None

    @extend_schema(parameters=[wire.NarrowedQuery], responses=wire.FacetsOut)
    def get(self, request: Request) -> Response:
        """Count the public catalogue by what it can be narrowed to, each facet under all filters but its own."""
        asked = wire.NarrowedQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return Response(wire.FacetsOut(browsing.facets(browsing.Filters(**asked.validated_data))).data)


class Listing(ReadByAll):
    """`/listings/{id}`."""

    @extend_schema(responses=wire.ListingOut)
    def get(self, request: Request, listing_id: int) -> Response:
        """Read one listing."""
        (overview,) = selectors.overviews(self.actor, [selectors.listing(self.actor, listing_id)])
        return self.answer(overview, wire.ListingOut)


class Versions(Versioned):
    """`/listings/{id}/versions`."""

    @extend_schema(responses=wire.VersionSummaryOut(many=True))
    def get(self, request: Request, listing_id: int) -> Response:
        """List the versions of a listing that you may see, newest first."""
        selectors.listing(self.actor, listing_id)
        rows = selectors.visible_versions(self.actor).filter(listing_id=listing_id)
        return self.page(rows, wire.VersionSummaryOut)

    @extend_schema(request=wire.DraftIn, responses={201: wire.VersionOut}, parameters=[ETAG])
    @creates
    def post(self, request: Request, listing_id: int) -> Response:
        """Draft the next version; it begins with the files of the current one."""
        draft = wire.draft_of(self.read(wire.DraftIn))
        row = services.revise_listing(actor=self.actor, listing_id=listing_id, draft=draft)
        return self.described(row, status=201)


class Version(Versioned):
    """`/versions/{id}`."""

    @extend_schema(responses=wire.VersionOut, parameters=[ETAG])
    def get(self, request: Request, version_id: int) -> Response:
        """Read one version with rights, provenance, terms, price and files. Its ETag is the revision of its text."""
        return self.described(selectors.version(self.actor, version_id))

    @extend_schema(request=wire.DraftIn, responses=wire.VersionOut, parameters=[IF_MATCH, ETAG])
    def put(self, request: Request, version_id: int) -> Response:
        """Replace all that a draft says (412 when it changed since you read it)."""
        selectors.version(self.actor, version_id)
        row = services.edit_draft(
            actor=self.actor,
            version_id=version_id,
            expected_revision=expected_revision(request),
            draft=wire.draft_of(self.read(wire.DraftIn)),
        )
        return self.described(row)


class Submit(Versioned):
    """`/versions/{id}/actions/submit`."""

    @extend_schema(request=None, responses=wire.VersionOut, parameters=[IF_MATCH, ETAG])
    def post(self, request: Request, version_id: int) -> Response:
        """Hand a draft to the exchange for review (its provider)."""
        selectors.version(self.actor, version_id)
        row = services.submit_version(
            actor=self.actor, version_id=version_id, expected_revision=expected_revision(request)
        )
        return self.described(row)


class Return(Versioned):
    """`/versions/{id}/actions/return`."""

    @extend_schema(request=ReasonIn, responses=wire.VersionOut, parameters=[MAY_MATCH, ETAG])
    def post(self, request: Request, version_id: int) -> Response:
        """Give a version back to its provider (the exchange)."""
        reason = self.read(ReasonIn)["reason"]
        row = services.return_version(
            actor=self.actor, version_id=version_id, reason=reason, expected_revision=asked_revision(request)
        )
        return self.described(row)


class Publish(Versioned):
    """`/versions/{id}/actions/publish`."""

    @extend_schema(request=None, responses=wire.VersionOut, parameters=[IF_MATCH, ETAG])
    def post(self, request: Request, version_id: int) -> Response:
        """Make a reviewed version public; it supersedes the one before (the exchange)."""
        selectors.version(self.actor, version_id)
        row = services.publish_version(
            actor=self.actor, version_id=version_id, expected_revision=expected_revision(request)
        )
        return self.described(row)


class Suspend(Versioned):
    """`/versions/{id}/actions/suspend`."""

    @extend_schema(request=ReasonIn, responses=wire.VersionOut, parameters=[MAY_MATCH, ETAG])
    def post(self, request: Request, version_id: int) -> Response:
        """Take a published version out of public view (the exchange)."""
        reason = self.read(ReasonIn)["reason"]
        row = services.suspend_version(
            actor=self.actor, version_id=version_id, reason=reason, expected_revision=asked_revision(request)
        )
        return self.described(row)


class Reinstate(Versioned):
    """`/versions/{id}/actions/reinstate`."""

    @extend_schema(request=None, responses=wire.VersionOut, parameters=[MAY_MATCH, ETAG])
    def post(self, request: Request, version_id: int) -> Response:
        """Lift a suspension (the exchange)."""
        row = services.reinstate_version(
            actor=self.actor, version_id=version_id, expected_revision=asked_revision(request)
        )
        return self.described(row)


class Withdraw(Versioned):
    """`/versions/{id}/actions/withdraw`."""

    @extend_schema(request=wire.WithdrawIn, responses=wire.VersionOut, parameters=[MAY_MATCH, ETAG])
    def post(self, request: Request, version_id: int) -> Response:
        """Withdraw a version for good (its provider)."""
        reason = self.read(wire.WithdrawIn)["reason"]
        row = services.withdraw_version(
            actor=self.actor, version_id=version_id, reason=reason, expected_revision=asked_revision(request)
        )
        return self.described(row)


urls = [
    path("listings", Listings.as_view()),
    path("listings/facets", Facets.as_view()),
    path("listings/<int:listing_id>", Listing.as_view()),
    path("listings/<int:listing_id>/versions", Versions.as_view()),
    path("versions/<int:version_id>", Version.as_view()),
    path("versions/<int:version_id>/actions/submit", Submit.as_view()),
    path("versions/<int:version_id>/actions/return", Return.as_view()),
    path("versions/<int:version_id>/actions/publish", Publish.as_view()),
    path("versions/<int:version_id>/actions/suspend", Suspend.as_view()),
    path("versions/<int:version_id>/actions/reinstate", Reinstate.as_view()),
    path("versions/<int:version_id>/actions/withdraw", Withdraw.as_view()),
]
