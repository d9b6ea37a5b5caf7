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
    """Gives each text its gateway, and lets every way with something due run in a thread of its own."""
    at = timezone.now()
    with commands.alone("route-replies") as mine:
        if not mine:
            return
        commands.route_replies(at=at)
        for way in commands.due_ways(at=at):
            deliver_replies_by.apply_async((str(way),), expires=1.0, ignore_result=True)


@shared_task(ignore_result=True)
def deliver_replies_by(way: str) -> None:
    """``way``: a channel, and the id of a gateway after it."""
    with commands.alone(f"replies-{way}") as mine, commands.few() as free:
        if mine and free:
            commands.deliver_way(commands.Way.named(way), at=timezone.now())
