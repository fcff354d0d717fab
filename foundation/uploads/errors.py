"""What can go wrong with an upload that comes in pieces."""

from foundation.errors import Conflict, DomainError, _


class OffsetMismatch(Conflict):
    """The piece does not begin where the upload ends: it came twice, out of order, or beside another one (409)."""

    code = "offset_mismatch"
    title = _("The upload continues at byte %(offset)s: ask for its offset, then send from there.")


class ChecksumMismatch(DomainError):
    """The bytes of one request are not those whose checksum came with them; they were dropped (460 of tus)."""

    code = "checksum_mismatch"
    title = _("The bytes that arrived do not have the checksum that came with them: send them again.")


class UploadQuota(Conflict):
    """The organisation has as many or as large unfinished uploads as it may have (409)."""

    code = "upload_quota"
    title = _(
        "Your organisation has %(count)s unfinished uploads of %(bytes)s bytes; at most %(most)s of %(limit)s bytes "
        "are kept: finish or end some first."
    )
