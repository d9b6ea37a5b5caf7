"""The sweeps of the notifications floor."""

from celery import shared_task
from django.utils import timezone

from notifications import commands
from notifications.codes import Lane


@shared_task(ignore_result=True)
def relay() -> None:
    commands.relay(at=timezone.now())


@shared_task(ignore_result=True)
def bundle() -> None:
    commands.bundle(at=timezone.now())


@shared_task(ignore_result=True)
def deliver(lane: str) -> None:
    """``lane``: one of `notifications.codes.Lane`."""
    with commands.alone(Lane(lane)) as mine:
        if mine:
            commands.deliver(at=timezone.now(), lanes=[Lane(lane)])


@shared_task(ignore_result=True)
def deliver_replies() -> None:
    with commands.alone("replies") as mine:
        if mine:
            commands.deliver_replies(at=timezone.now())
