"""Organisations, members and keys on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.participants.models import (
    LANGUAGES,
    ApiKey,
    Invitation,
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
    Role,
    User,
)
from foundation.participants.scopes import SCOPES
from marketplace.catalog.models import Sector


@extend_schema_field(serializers.ChoiceField(choices=Sector.choices, default="", allow_blank=True))
class SectorField(serializers.CharField):
    """The code of a sector; the service says which there are."""


class RoleClaim(serializers.Serializer[Any]):
    """A role; `sector` for sector authorities only."""

    role = serializers.ChoiceField(choices=[c for c in Role.choices if c[0] != Role.EXCHANGE])
    sector = SectorField(max_length=40, default="", allow_blank=True)


class MemberIn(serializers.Serializer[Any]):
    """A person to be added; a password only for somebody who signs in to the admin."""

    username = serializers.RegexField(r"^[\w.@+-]+$", max_length=150)
    email = serializers.EmailField(default="", allow_blank=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=MemberRole.choices), min_length=1)
    password = serializers.CharField(required=False, write_only=True, max_length=128, trim_whitespace=False)


class OrganisationIn(serializers.Serializer[Any]):
    """A registration."""

    name = serializers.CharField(max_length=200)
    name_zh = serializers.CharField(max_length=200, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=[c for c in OrganisationKind.choices if c[0] != OrganisationKind.EXCHANGE])
    uscc = serializers.CharField(max_length=18, default="", allow_blank=True)
    region = serializers.CharField(max_length=6)
    roles = RoleClaim(many=True, allow_empty=False)
    member = MemberIn()


class RoleOut(serializers.Serializer[Any]):
    """A role and since when it counts."""

    role = serializers.CharField()
    sector = serializers.CharField()
    confirmed_at = serializers.DateTimeField(allow_null=True)


class OrganisationOut(serializers.ModelSerializer[Organisation]):
    """An organisation."""

    roles = RoleOut(many=True, read_only=True)

    class Meta:
        model = Organisation
        fields = ["id", "name", "name_zh", "kind", "uscc", "region", "state", "state_reason", "roles", "verified_at"]
        read_only_fields = fields


class MembershipOut(serializers.ModelSerializer[Membership]):
    """A person in an organisation."""

    username = serializers.CharField(source="user.username", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "organisation", "user", "username", "roles", "state", "created_at", "ended_at"]
        read_only_fields = fields


class RegisteredOut(serializers.Serializer[Any]):
    """The answer to a registration: the key is shown only here."""

    organisation = OrganisationOut()
    membership = MembershipOut()
    api_key = serializers.CharField()


class RolesIn(serializers.Serializer[Any]):
    """What a person does in the organisation from now on."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=MemberRole.choices), min_length=1)


class InvitationIn(serializers.Serializer[Any]):
    """An invitation; where invitations go by mail, `email` is needed."""

    roles = serializers.ListField(child=serializers.ChoiceField(choices=MemberRole.choices), min_length=1)
    email = serializers.EmailField(default="", allow_blank=True)
    language = serializers.ChoiceField(choices=LANGUAGES, default="", allow_blank=True)


class InvitationOut(serializers.ModelSerializer[Invitation]):
    """An invitation, without its secret."""

    class Meta:
        model = Invitation
        fields = [
            "id", "organisation", "email", "roles", "language", "prefix", "state", "created_at", "expires_at",
            "closed_at", "membership",
        ]  # fmt: skip
        read_only_fields = fields


class InvitedOut(serializers.Serializer[Any]):
    """The answer to an invitation: its link is shown only here, and empty where it went by mail."""

    invitation = InvitationOut()
    link = serializers.CharField(allow_blank=True)


class AcceptIn(serializers.Serializer[Any]):
    """What an invited person chooses: a user name, and a password, an API key, or both."""

    token = serializers.CharField(max_length=200, help_text="The last part of the invitation's link.")
    username = serializers.RegexField(r"^[\w.@+-]+\Z", max_length=150)
    password = serializers.CharField(required=False, write_only=True, max_length=128, trim_whitespace=False)
    key = serializers.BooleanField(default=True, help_text="Whether an API key is wanted.")
    language = serializers.ChoiceField(choices=LANGUAGES, default="", allow_blank=True)


class AcceptedOut(serializers.Serializer[Any]):
    """The answer to an accepted invitation: the key is shown only here, and empty where none was wanted."""

    membership = MembershipOut()
    api_key = serializers.CharField(allow_blank=True)


class KeyIn(serializers.Serializer[Any]):
    """A key for oneself. `scopes` narrow what it reaches, `networks` from where; `days` is its life."""

    membership = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    label = serializers.CharField(max_length=80, default="", allow_blank=True)  # type: ignore[assignment]
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES), default=["all"], min_length=1)
    networks = serializers.ListField(child=serializers.CharField(max_length=49), default=list, max_length=20)
    days = serializers.IntegerField(required=False, min_value=1)


class RotationIn(serializers.Serializer[Any]):
    """How long the old key is still valid."""

    grace_hours = serializers.IntegerField(default=24, min_value=0, max_value=168)


class KeyOut(serializers.ModelSerializer[ApiKey]):
    """A key, without its secret."""

    class Meta:
        model = ApiKey
        fields = [
            "id", "membership", "label", "prefix", "scopes", "networks", "created_at", "expires_at", "revoked_at",
            "last_used_on", "replaces",
        ]  # fmt: skip
        read_only_fields = fields


class KeyIssuedOut(serializers.Serializer[Any]):
    """The answer to an issued key: the token is shown only here."""

    key = KeyOut()
    api_key = serializers.CharField()


class ReasonIn(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=500)


class MeOut(serializers.Serializer[Any]):
    """Who the exchange takes you for."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    user_id = serializers.IntegerField(allow_null=True)
    organisation_id = serializers.IntegerField(allow_null=True)
    organisation_verified = serializers.BooleanField()
    organisation_roles = serializers.ListField(child=serializers.CharField())
    sectors = serializers.ListField(child=serializers.CharField())
    member_roles = serializers.ListField(child=serializers.CharField())
    key_id = serializers.IntegerField(allow_null=True)
    scopes = serializers.ListField(child=serializers.CharField())


class MyChoicesIn(serializers.Serializer[Any]):
    """What one chooses for oneself."""

    language = serializers.ChoiceField(choices=LANGUAGES, allow_blank=True)


class MyChoicesOut(serializers.ModelSerializer[User]):
    """What one has chosen."""

    class Meta:
        model = User
        fields = ["language"]
        read_only_fields = fields


class PersonOut(serializers.ModelSerializer[User]):
    """An account."""

    class Meta:
        model = User
        fields = ["id", "username", "is_active"]
        read_only_fields = fields
