"""The database refuses what the transition table does not list, and any change of what is proposed or released."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

RULEBOOK_VERSION = [
    ("", "draft"),
    ("draft", "proposed"),
    ("draft", "withdrawn"),
    ("proposed", "draft"),
    ("proposed", "released"),
    ("proposed", "withdrawn"),
    ("released", "withdrawn"),
]

FIXED = """
CREATE FUNCTION rulebooks_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'versions of rules are kept: DELETE is refused' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.id, OLD.rulebook_id, OLD.number, OLD.author_id, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.rulebook_id, NEW.number, NEW.author_id, NEW.created_at)
    THEN
        RAISE EXCEPTION 'a version of rules keeps its number and its author' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND
        (OLD.content, OLD.data, OLD.sha256, OLD.code, OLD.label, OLD.title, OLD.title_zh, OLD.standard, OLD.source,
         OLD.certainty, OLD.note)
        IS DISTINCT FROM
        (NEW.content, NEW.data, NEW.sha256, NEW.code, NEW.label, NEW.title, NEW.title_zh, NEW.standard, NEW.source,
         NEW.certainty, NEW.note)
    THEN
        RAISE EXCEPTION 'rules that were proposed are not edited: make a new version'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('released', 'withdrawn') AND
        (OLD.releaser_id, OLD.released_at, OLD.valid_from, OLD.what_if, OLD.what_if_at)
        IS DISTINCT FROM (NEW.releaser_id, NEW.released_at, NEW.valid_from, NEW.what_if, NEW.what_if_at)
    THEN
        RAISE EXCEPTION 'a release is not edited' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'released' AND NEW.state <> 'released' AND OLD.valid_from <= clock_timestamp() THEN
        RAISE EXCEPTION 'rules that are or were in force are not withdrawn' USING ERRCODE = 'restrict_violation';
    END IF;
    -- now() is the transaction's begin: an end that is set to the instant of the change lies between it and the clock
    IF OLD.state IN ('released', 'withdrawn') AND OLD.valid_to IS DISTINCT FROM NEW.valid_to
        AND (OLD.valid_to <= clock_timestamp() OR NEW.valid_to < now())
    THEN
        RAISE EXCEPTION 'what was in force in the past stays so' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rulebooks_rulebookversion_fixed BEFORE UPDATE OR DELETE ON rulebooks_rulebookversion
    FOR EACH ROW EXECUTE FUNCTION rulebooks_refuse_change();
"""
UNFIXED = """
DROP TRIGGER rulebooks_rulebookversion_fixed ON rulebooks_rulebookversion;
DROP FUNCTION rulebooks_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("rulebooks", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="rulebooks_rulebookversion", pairs=RULEBOOK_VERSION),
            drop_trigger_sql(table="rulebooks_rulebookversion"),
        ),
        migrations.RunSQL(FIXED, UNFIXED),
    ]
