"""The wire form of resumable uploads."""

from rest_framework import serializers

from foundation.uploads.models import Upload


class UploadOut(serializers.ModelSerializer[Upload]):
    """A resumable upload. `distribution` is the file of the draft, once it is attached."""

    version = serializers.IntegerField(source="target_id")
    distribution = serializers.IntegerField(source="result.distribution", default=None, allow_null=True)

    class Meta:
        model = Upload
        fields = [
            "id",
            "state",
            "version",
            "filename",
            "title",
            "length",
            "offset",
            "created_at",
            "expires_at",
            "finished_at",
            "distribution",
            "error_code",
            "error_detail",
        ]
