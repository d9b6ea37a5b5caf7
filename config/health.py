"""Is this process alive, and is the whole able to work: `/healthz` and `/readyz`, without personal data.

The worker's mark is a file under var/ or, with several machines, a key in Redis: no table, nothing for the public
process to hold. A public process answers for itself and its database only.
"""

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.queries import oldest_untold
from notifications.queries import unheard_count

MARK = "recourse:heartbeat"
WORKER_SILENT = timedelta(seconds=30)
UNTOLD_TOO_LONG = timedelta(minutes=5)

Answer = dict[str, object]


def mark(*, at: datetime) -> None:
    """Record that clock, broker and worker did their work at this moment."""
    if settings.REDIS_URL:
        cache.set(MARK, at.isoformat(), timeout=None)
        return
    path = settings.VAR_DIR / "heartbeat"
    fresh = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")  # two threads of one worker may meet here
    fresh.write_text(at.isoformat())
    fresh.replace(path)


def marked() -> datetime | None:
    if settings.REDIS_URL:
        stored = cache.get(MARK)
        return datetime.fromisoformat(stored) if stored else None
    path = settings.VAR_DIR / "heartbeat"
    return datetime.fromisoformat(path.read_text()) if path.exists() else None


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Everything that the work needs answers, and nothing waits too long; 503 with the failing check otherwise."""
    at = timezone.now()
    checks = {name: answer_of(check, at) for name, check in checks_of_role().items()}
    ready = all(answer["ok"] for answer in checks.values())
    return JsonResponse(
        {"ready": ready, "checks": checks}, status=200 if ready else 503, headers={"Cache-Control": "no-store"}
    )


def checks_of_role() -> dict[str, Callable[[datetime], Answer]]:
    own: dict[str, Callable[[datetime], Answer]] = {"database": database}
    if settings.ROLE == "public":
        return own
    return own | {"broker": broker, "worker": worker, "untold": untold, "unheard": unheard}


def answer_of(check: Callable[[datetime], Answer], at: datetime) -> Answer:
    try:
        return check(at)
    except Exception as error:  # noqa: BLE001 - whatever fails here is the answer; its message may hold an address
        return {"ok": False, "error": type(error).__name__}


def database(_at: datetime) -> Answer:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return {"ok": cursor.fetchone() == (1,)}


def broker(_at: datetime) -> Answer:
    """Redis, which is broker and cache, answers; in the embedded default the worker's mark answers for its memory."""
    if settings.REDIS_URL:
        cache.get(MARK)
    return {"ok": True}


def worker(at: datetime) -> Answer:
    last = marked()
    if last is None:
        return {"ok": False, "seconds": None}
    # A mark from the time to come is of before the time was set back: a worker that lives leaves a fresh one at once.
    return {"ok": abs(at - last) < WORKER_SILENT, "seconds": round((at - last).total_seconds())}


def untold(at: datetime) -> Answer:
    """How long the oldest event of a case has waited to be told to those whom it concerns."""
    age = oldest_untold(at)
    return {"ok": age is None or age < UNTOLD_TOO_LONG, "seconds": None if age is None else round(age.total_seconds())}


def unheard(_at: datetime) -> Answer:
    """How many events reached nobody: a warning for people, who give somebody a role; the machines are well."""
    count = unheard_count()
    return {"ok": True, "warning": count > 0, "count": count}
