"""The audit log on the wire."""

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from foundation.audit.checking import MEANING
from foundation.audit.models import Event
from foundation.audit.verification import Problem


class EventOut(serializers.ModelSerializer[Event]):
    """One thing that happened: identifiers and decisions, never personal values."""

    data = serializers.JSONField(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = Event
        fields = [
            "id", "at", "actor_kind", "actor_label", "actor_user_id", "actor_organisation_id", "actor_key_id", "action",
            "subject_type", "subject_id", "data",
        ]  # fmt: skip
        read_only_fields = fields


class FindingOut(serializers.Serializer[Any]):
    """What is wrong, and with which event, position or seal."""

    code = serializers.CharField()
    problem = serializers.SerializerMethodField(help_text="The code in words.")
    id = serializers.IntegerField(source="event_id", allow_null=True, help_text="The event.")
    action = serializers.CharField(help_text="As found now.")
    at = serializers.CharField(help_text="As found now.")
    position = serializers.IntegerField(allow_null=True)
    last_position = serializers.IntegerField(allow_null=True)
    seal = serializers.IntegerField(allow_null=True)
    file = serializers.CharField(help_text="The checkpoint's file, where one is not genuine.")

    def get_problem(self, found: Problem) -> str:
        """The meaning of the code in the reader's language."""
        return gettext(MEANING[found.code])


class ReportOut(serializers.Serializer[Any]):
    """What a verification found. `found` counts all problems, `problems` has the first thousand.

    The events of the `unsealed_tail` are authenticated one by one; a removed one would not be noticed yet.
    """

    ok = serializers.BooleanField()
    events = serializers.IntegerField()
    sealed = serializers.IntegerField()
    seals = serializers.IntegerField()
    unsealed_tail = serializers.IntegerField()
    unsealed_since = serializers.CharField()
    found = serializers.IntegerField()
    problems = FindingOut(many=True)
    checkpoints = serializers.IntegerField(help_text="Signed checkpoints that the log was compared with.")
    checkpointed = serializers.IntegerField(help_text="How many sealed events the newest that holds covers.")


class PublicKeysOut(serializers.Serializer[Any]):
    """What checks checkpoints, in the form NAME+HASH+KEY (C2SP signed-note)."""

    origin = serializers.CharField(help_text="The log's name, the first line of its checkpoints.")
    keys = serializers.ListField(child=serializers.CharField())


class ConsistencyProofOut(serializers.Serializer[Any]):
    """Hashes in hex, in the order of RFC 9162, and the newest checkpoint."""

    proof = serializers.ChoiceField(choices=["consistency"])
    format = serializers.IntegerField()
    size = serializers.IntegerField()
    path = serializers.ListField(child=serializers.CharField())
    checkpoint = serializers.CharField()


class InclusionProofOut(serializers.Serializer[Any]):
    """The event as it was authenticated, its code and position, hashes in hex (RFC 9162), and the newest checkpoint.

    The leaf is SHA-256 of a zero byte, the position (8 bytes, big-endian), the RFC 8785 form of `event`, and `mac`.
    """

    proof = serializers.ChoiceField(choices=["inclusion"])
    format = serializers.IntegerField()
    event = serializers.JSONField()
    mac = serializers.CharField()
    position = serializers.IntegerField()
    path = serializers.ListField(child=serializers.CharField())
    checkpoint = serializers.CharField()
