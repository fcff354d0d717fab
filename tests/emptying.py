"""What a test committed is taken away after it: rows are deleted from the tables that have any.

Django's own `flush` empties all tables by TRUNCATE and writes content types and permissions anew: half a second of two
processes' work a test, and the audit log would have to do without its guard against TRUNCATE.
"""

from django.db import connection
from django.test import TransactionTestCase
from psycopg import sql

KEPT = frozenset({"django_content_type", "auth_permission"})
"""Written by migrations, and by nothing that is tested."""

EMPTY = """
DO $$
DECLARE
    one text;
    has_rows boolean;
    filled text[] := '{{}}';
    guarded text[];
BEGIN
    LOCK TABLE {locked} IN SHARE ROW EXCLUSIVE MODE;  -- after whoever writes at this moment
    FOREACH one IN ARRAY {names}::text[] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one) INTO has_rows;
        IF has_rows THEN
            filled := filled || one;
        END IF;
    END LOOP;
    SELECT coalesce(array_agg(DISTINCT relname::text), '{{}}') INTO guarded
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE NOT tgisinternal AND tgtype & 8 <> 0 AND relname = ANY (filled);  -- 8: on DELETE
    FOREACH one IN ARRAY guarded LOOP
        EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', one);
    END LOOP;
    FOREACH one IN ARRAY filled LOOP
        EXECUTE format('DELETE FROM %I', one);
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;  -- a table with checks to come cannot be altered
    FOREACH one IN ARRAY guarded LOOP
        EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', one);
    END LOOP;
END $$
"""


def empty_tables(_case: TransactionTestCase) -> None:
    """Delete every row but those of `KEPT`, past the guards of what is only ever added to."""
    names = sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT)
    statement = sql.SQL(EMPTY).format(locked=sql.SQL(", ").join(map(sql.Identifier, names)), names=sql.Literal(names))
    with connection.cursor() as cursor:
        cursor.execute(statement)
