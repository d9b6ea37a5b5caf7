"""A refusal of a remedy may be that of the people who filed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_shared_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="note",
            name="kind",
            field=models.CharField(
                choices=[
                    ("note", "Note"),
                    ("extension", "Why more time is needed"),
                    ("safety_plan", "Safety plan"),
                    ("new_facts", "New facts"),
                    ("refusal", "Remedy refused, by the company or by those who filed"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
    ]
