"""What clocks that run already need to be reckoned anew: their own dates, their calendars, their place, their breaches."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

OWN_DATES = ("remedy_step", "remedy_step_interim", "acknowledge_urgent")
FAR = 1000  # beyond every ladder, so that no two levels meet on the way


def fill(apps, schema_editor):
    Clock, CaseEvent, Breach, Respondent = (
        apps.get_model("cases", name) for name in ("Clock", "CaseEvent", "Breach", "Respondent")
    )
    Clock.objects.filter(kind__in=OWN_DATES).update(promised_at=F("due_at"))
    company = Respondent.objects.filter(pk=OuterRef("respondent")).values("organisation__country")
    Clock.objects.filter(respondent__isnull=False).update(country=Subquery(company[:1]))
    # Our own aim is the first step of the ladder of an acknowledgement now.
    moved = Clock.objects.filter(kind="acknowledge")
    events = CaseEvent.objects.filter(clock__in=moved, level__isnull=False)
    events.update(level=F("level") + FAR)
    events.update(level=F("level") - FAR + 1)
    moved.update(level=F("level") + 1)
    missed = CaseEvent.objects.filter(kind="deadline_passed", level__isnull=False).values_list(
        "clock_id", "case_id", "clock__due_at", "at", "clock__stopped_at"
    )
    rows = (
        Breach(clock_id=clock, case_id=case, due_at=due, noted_at=at, mended_at=stopped)
        for clock, case, due, at, stopped in missed.iterator(2000)
    )
    Breach.objects.bulk_create(rows, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_clocks")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
