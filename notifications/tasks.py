"""The sweeps of the notifications floor."""

from celery import shared_task
from django.utils import timezone

from notifications import commands


@shared_task(ignore_result=True)
def relay() -> None:
    commands.relay(at=timezone.now())


@shared_task(ignore_result=True)
def bundle() -> None:
    commands.bundle(at=timezone.now())


@shared_task(ignore_result=True)
def deliver() -> None:
    commands.deliver(at=timezone.now())


@shared_task(ignore_result=True)
def deliver_replies() -> None:
    commands.deliver_replies(at=timezone.now())
