"""`manage.py demo`: load the fictional demo, or print its logins."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases import demo
from cases.demo.cast import logins


class Command(BaseCommand):
    help = "Load the fictional demo into an empty database, or print its logins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print the public logins of the demo")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has public logins: production never loads it.")
        if options["logins"]:
            self.stdout.write(logins())
            return
        made = demo.load(at=timezone.now())
        self.stdout.write(f"{made} cases of the demo made." if made else "There are cases already: nothing changed.")
