"""What was agreed is never edited, who accepted it stays, and no meter goes back: in the database, from anywhere."""

from django.db import migrations

AGREED = (
    "request_id",
    "version_id",
    "organisation_id",
    "forms",
    "columns",
    "obligations",
    "agreement",
    "exclusive",
    "download_limit",
    "row_limit",
    "byte_limit",
)
ACCEPTED = ("accepted_at", "accepted_by_id", "terms_digest")
METERS = ("downloads_used", "rows_sent", "bytes_sent")


def of(row: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)


KEEP = f"""
CREATE OR REPLACE FUNCTION grant_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({of("NEW", AGREED)}) IS DISTINCT FROM ({of("OLD", AGREED)}) THEN
        RAISE EXCEPTION 'what grant % agrees on is never edited', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.accepted_at IS NOT NULL AND ({of("NEW", ACCEPTED)}) IS DISTINCT FROM ({of("OLD", ACCEPTED)}) THEN
        RAISE EXCEPTION 'the terms of grant % have been accepted', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF {" OR ".join(f"NEW.{column} < OLD.{column}" for column in METERS)} THEN
        RAISE EXCEPTION 'the meter of grant % does not go back', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grant_agreed
    BEFORE UPDATE OF {", ".join((*AGREED, *ACCEPTED, *METERS))} ON authorization_grant
    FOR EACH ROW EXECUTE FUNCTION grant_agreed();
"""
FORGET = """
DROP TRIGGER IF EXISTS grant_agreed ON authorization_grant;
DROP FUNCTION IF EXISTS grant_agreed();
"""


class Migration(migrations.Migration):
    dependencies = [("authorization", "0010_terms_limits_renewals")]

    operations = [migrations.RunSQL(KEEP, FORGET)]
