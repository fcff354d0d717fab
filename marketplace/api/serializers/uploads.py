"""The wire form of resumable uploads."""

from typing import Final

from rest_framework import serializers

from foundation.uploads.models import Upload

FILE_OF: Final = "listing_version"
SAMPLE_OF: Final = "demand"


class UploadOut(serializers.ModelSerializer[Upload]):
    """A resumable upload, of a file for the draft `version` or of the sample of the `demand`.

    `distribution` is the file of the draft, once it is attached.
    """

    version = serializers.SerializerMethodField()
    demand = serializers.SerializerMethodField()
    distribution = serializers.IntegerField(source="result.distribution", default=None, allow_null=True)

    class Meta:
        model = Upload
        fields = [
            "id",
            "state",
            "version",
            "demand",
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

    def get_version(self, upload: Upload) -> int | None:
        """The draft; null for samples."""
        return upload.target_id if upload.target_type == FILE_OF else None

    def get_demand(self, upload: Upload) -> int | None:
        """The demand; null for files."""
        return upload.target_id if upload.target_type == SAMPLE_OF else None
