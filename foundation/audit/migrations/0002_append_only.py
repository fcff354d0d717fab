"""The log can only grow: the database refuses UPDATE, DELETE and TRUNCATE, from wherever they come."""

from django.db import migrations

TABLES = ("audit_event", "audit_sealedposition", "audit_seal")

FORWARD = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
    for table in TABLES
)
BACKWARD = (
    "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in TABLES)
    + "DROP FUNCTION audit_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
