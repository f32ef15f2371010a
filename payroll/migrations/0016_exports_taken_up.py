from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payroll', '0015_pins_of_one_row'),
    ]

    operations = [
        migrations.AddField(
            model_name='timeoffexport',
            name='taken_up',
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
