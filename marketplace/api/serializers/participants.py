"""Organisations, members and keys on the wire."""

from typing import Any

from rest_framework import serializers

from foundation.participants.models import ApiKey, MemberRole, Membership, Organisation, OrganisationKind, Role


class RoleClaim(serializers.Serializer[Any]):
    """A role; `sector` for sector authorities only."""

    role = serializers.ChoiceField(choices=[c for c in Role.choices if c[0] != Role.EXCHANGE])
    sector = serializers.CharField(max_length=40, default="", allow_blank=True)


class MemberIn(serializers.Serializer[Any]):
    """A person to be added; a password only for somebody who signs in to the admin."""

    username = serializers.RegexField(r"^[\w.@+-]+$", max_length=150)
    email = serializers.EmailField(default="", allow_blank=True)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=MemberRole.choices), min_length=1)
    password = serializers.CharField(required=False, write_only=True, max_length=128)


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
        fields = ["id", "organisation", "user", "username", "roles", "created_at"]
        read_only_fields = fields


class RegisteredOut(serializers.Serializer[Any]):
    """The answer to a registration: the key is shown only here."""

    organisation = OrganisationOut()
    membership = MembershipOut()
    api_key = serializers.CharField()


class MemberAddedOut(serializers.Serializer[Any]):
    """The answer to an added member: the key is shown only here."""

    membership = MembershipOut()
    api_key = serializers.CharField()


class KeyIn(serializers.Serializer[Any]):
    """A key to be issued."""

    membership = serializers.IntegerField()
    label = serializers.CharField(max_length=80, default="", allow_blank=True)  # type: ignore[assignment]


class KeyOut(serializers.ModelSerializer[ApiKey]):
    """A key, without its secret."""

    class Meta:
        model = ApiKey
        fields = ["id", "membership", "label", "prefix", "created_at", "expires_at", "revoked_at"]
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
