from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Max, OuterRef, Subquery


def from_decisions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The newest decision that stands; of one taken back before now nothing is left."""
    decisions = apps.get_model("payroll", "MatchDecision").objects
    newest = decisions.filter(integration=OuterRef("pk")).values("integration")
    apps.get_model("payroll", "Integration").objects.update(
        matched_at=Subquery(newest.annotate(newest=Max("at")).values("newest"))
    )


class Migration(migrations.Migration):

    dependencies = [
        ('payroll', '0013_readings_that_keep_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='integration',
            name='matched_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(from_decisions, migrations.RunPython.noop),
    ]
