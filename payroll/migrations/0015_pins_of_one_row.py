from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce


def from_restores(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Whom the restore wrote to; where it found the value there already, whose link it is."""
    person = {"source_id": OuterRef("source_id")}
    rows = apps.get_model("payroll", "Change").objects.filter(run=OuterRef("run"), **person)
    links = apps.get_model("payroll", "EmployeeLink").objects
    linked = links.filter(integration=OuterRef("integration"), **person)
    apps.get_model("payroll", "Pin").objects.update(
        target_id=Coalesce(
            Subquery(rows.exclude(target_id="").values("target_id")[:1]),
            Subquery(linked.values("target_id")[:1]),
            Value(""),
        )
    )


class Migration(migrations.Migration):

    dependencies = [
        ('payroll', '0014_matched_anew'),
    ]

    operations = [
        migrations.AddField(
            model_name='pin',
            name='target_id',
            field=models.CharField(blank=True, default='', max_length=100),
            preserve_default=False,
        ),
        migrations.RunPython(from_restores, migrations.RunPython.noop),
    ]
