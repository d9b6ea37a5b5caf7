"""`manage.py sms_texts`: every text message that we may send, and its segments and coding in each language."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications.catalogue.messages import costs_of, every_message


class Command(BaseCommand):
    help = "List every text message that may be sent, with its segments and coding in each language."

    def handle(self, *args: Any, **options: Any) -> None:
        for message in every_message():
            costs = ", ".join(f"{cost.language} {cost.segments} {cost.coding}" for cost in costs_of(message))
            self.stdout.write(f"{message.name}: {costs}")
