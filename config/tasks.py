"""What the worker does for the operation of the product itself."""

from celery import shared_task
from django.utils import timezone

from config import health


@shared_task
def heartbeat() -> None:
    """Clock, broker and worker are alive: the mark that /readyz looks at."""
    health.mark(at=timezone.now())
