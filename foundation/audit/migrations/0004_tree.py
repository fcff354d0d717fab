"""The log's one tree: its root and frontier in each seal, its inner nodes in a table of their own."""

from django.db import migrations, models

FORWARD = """
CREATE TRIGGER audit_treenode_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_treenode
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
BACKWARD = "DROP TRIGGER audit_treenode_append_only ON audit_treenode;"


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_key_of_the_actor")]

    operations = [
        migrations.CreateModel(
            name="TreeNode",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "last", "level", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("last", models.BigIntegerField(verbose_name="last position")),
                ("level", models.PositiveSmallIntegerField(verbose_name="level")),
                ("hash", models.BinaryField(max_length=32, verbose_name="hash")),
            ],
            options={
                "verbose_name": "tree node",
                "verbose_name_plural": "tree nodes",
                "ordering": ["last", "level"],
            },
        ),
        migrations.AddField(
            model_name="seal",
            name="tree_root",
            field=models.BinaryField(max_length=32, null=True, verbose_name="root of the log"),
        ),
        migrations.AddField(
            model_name="seal",
            name="frontier",
            field=models.BinaryField(max_length=2048, null=True, verbose_name="frontier of the log"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
