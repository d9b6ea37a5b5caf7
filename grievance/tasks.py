"""The sweeps of the grievance floor."""

from celery import shared_task
from django.utils import timezone

from grievance.commands import files, forgetting, listening, partners, pictures, recovering, remote, reports, texting


@shared_task
def strip_pictures() -> None:
    pictures.strip_waiting(at=timezone.now())


@shared_task
def clear_staged() -> None:
    files.clear_expired(at=timezone.now())


@shared_task
def forget_keys() -> None:
    partners.forget_keys(at=timezone.now())


@shared_task
def forget_texts() -> None:
    forgetting.sweep(at=timezone.now())


@shared_task
def recover() -> None:
    recovering.sweep(at=timezone.now())


@shared_task
def fetch_remotes() -> None:
    remote.fetch_remotes(at=timezone.now())


@shared_task
def read_texts() -> None:
    at = timezone.now()
    texting.read_requests(at=at)
    reports.match_early(at=at)
    listening.listen(at=at)
