"""The queue of work: sweeps that find what is due in the database, sent by a clock every second."""

import os
from typing import Any

import structlog
from celery import Celery
from celery import Task as CeleryTask
from celery.app.log import Logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

HEARTBEAT = "config.tasks.heartbeat"
HEARTBEAT_SECONDS = 5.0
# Task, seconds between two of it, and codes as its arguments. The database is the truth: a sweep that is lost is made
# up for by the next one.
SWEEPS: list[tuple[str, float, *tuple[str, ...]]] = [
    ("cases.tasks.take_up", 1.0),
    ("cases.tasks.run_clocks", 1.0),
    ("cases.tasks.check_safety", 1.0),
    ("cases.tasks.erase_words", 600.0),
    ("cases.tasks.try_again_about_steps", 600.0),
    ("cases.tasks.draw_samples", 3600.0),
    ("cases.tasks.end_seats", 60.0),
    ("cases.tasks.end_conflicts", 60.0),
    ("cases.tasks.open_contacts", 5.0),
    ("cases.tasks.clear_unsealed", 60.0),
    ("notifications.tasks.relay", 1.0),
    ("notifications.tasks.bundle", 10.0),
    ("notifications.tasks.deliver", 1.0, "urgent-email"),
    ("notifications.tasks.deliver", 1.0, "urgent-sms"),
    ("notifications.tasks.deliver", 2.0, "email"),
    ("notifications.tasks.deliver", 2.0, "sms"),
    ("notifications.tasks.deliver_replies", 1.0),
    ("grievance.tasks.strip_pictures", 1.0),
    ("grievance.tasks.read_texts", 1.0),
    ("grievance.tasks.fetch_remotes", 5.0),
    ("grievance.tasks.clear_staged", 600.0),
    ("grievance.tasks.forget_keys", 600.0),
    ("grievance.tasks.forget_texts", 600.0),
    ("grievance.tasks.recover", 5.0),
    (HEARTBEAT, HEARTBEAT_SECONDS),
]


class OneLog(Logging):
    """Leaves the handlers as the settings made them; Celery's own would print arguments and messages."""

    def setup(self, *_: Any, **__: Any) -> list[tuple[Any, Any]]:
        """A truthy answer means that somebody else has set logging up."""
        return [(None, None)]


class LoggedTask(CeleryTask):  # type: ignore[type-arg]  # generic in its stubs alone
    """Logs a failure by the name of the task, the type and the place; never its arguments or its message."""

    abstract = True

    def on_failure(self, exc: BaseException, task_id: str, args: object, kwargs: object, einfo: object) -> None:
        structlog.get_logger("config.celery").error("task_failed", task=self.name, task_id=task_id, exc_info=exc)


def schedule() -> dict[str, dict[str, Any]]:
    """Each sweep expires after its interval: what waits for a dead worker does not queue up."""
    return {
        ":".join((name, *codes)): {
            "task": name,
            "schedule": seconds,
            "args": codes,
            "options": {"expires": seconds, "ignore_result": True},
        }
        for name, seconds, *codes in SWEEPS
    }


app: Celery[Any] = Celery("config", log=OneLog, task_cls=LoggedTask, include=["config.tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = schedule()
app.conf.beat_scheduler = "config.beat:Beat"
app.autodiscover_tasks()
