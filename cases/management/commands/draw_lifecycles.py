"""`manage.py draw_lifecycles`: write docs/lifecycles.md from the tables."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.drawing import page


class Command(BaseCommand):
    help = "Write docs/lifecycles.md from the lifecycle tables."

    def handle(self, *args: Any, **options: Any) -> None:
        (Path(settings.BASE_DIR) / "docs" / "lifecycles.md").write_text(page(), encoding="utf-8")
