"""The sweeps of the cases floor."""

from celery import shared_task
from django.utils import timezone

from cases.commands import clocks, independence, intake, retention, safety, sampling, seats, unsealing
from cases.commands.remedy import delivery


@shared_task
def take_up() -> None:
    intake.take_up(at=timezone.now())


@shared_task
def run_clocks() -> None:
    clocks.sweep(at=timezone.now())


@shared_task
def check_safety() -> None:
    safety.sweep(at=timezone.now())


@shared_task
def erase_words() -> None:
    retention.sweep(at=timezone.now())


@shared_task
def try_again_about_steps() -> None:
    delivery.sweep(at=timezone.now())


@shared_task
def end_seats() -> None:
    seats.end_lost(at=timezone.now())


@shared_task
def end_conflicts() -> None:
    independence.end_conflicts(at=timezone.now())


@shared_task
def open_contacts() -> None:
    unsealing.open_contacts(at=timezone.now())


@shared_task
def clear_unsealed() -> None:
    unsealing.clear(at=timezone.now())


@shared_task
def draw_samples() -> None:
    sampling.draw(at=timezone.now())
