"""`manage.py reckon_clocks`: every running deadline by the rule packs as they are now; run it when a pack has changed.

Each case is a transaction of its own, and what was reckoned already does not move again: safe to stop and to repeat,
while everything else goes on.
"""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.commands.deadlines import reckon_case
from cases.models import Case, Clock


class Command(BaseCommand):
    help = "Reckon every running deadline anew after a change of the rule packs."

    def handle(self, *args: Any, **options: Any) -> None:
        running = Clock.objects.running().order_by().values("case").distinct()
        moved = 0
        for pk in Case.objects.filter(pk__in=running).order_by("pk").values_list("pk", flat=True).iterator(2000):
            moved += reckon_case(case=Case(pk=pk), at=timezone.now())
        self.stdout.write(f"{moved} deadlines moved.")
