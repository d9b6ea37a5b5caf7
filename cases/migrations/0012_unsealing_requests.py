"""Custodians know a request by a number of its own; what was opened is found by its end. Nothing asked before this."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_safety_watch"),
        ("grievance", "0005_steps_and_broadcasts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="unsealing",
            options={"verbose_name": "request to open a name", "verbose_name_plural": "requests to open names"},
        ),
        migrations.AddField(
            model_name="unsealing",
            name="reference",
            field=models.CharField(default="", max_length=20, unique=True, verbose_name="request"),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="unsealing",
            index=models.Index(
                condition=models.Q(("opened_at", None), ("refused_at", None), ("what", "contact")),
                fields=["opens_at", "id"],
                name="unsealing_contact_due",
            ),
        ),
        migrations.AddIndex(
            model_name="unsealing",
            index=models.Index(
                condition=models.Q(("half__isnull", False), ("sealed_result__isnull", False), _connector="OR"),
                fields=["until_at", "id"],
                name="unsealing_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="unsealing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("half", None),
                    models.Q(
                        ("first__isnull", False),
                        ("first_at__isnull", False),
                        ("second__isnull", False),
                        ("until_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="unsealing_half_of_a_pair",
            ),
        ),
    ]
