"""Each sweep is a task that exists and is sent under its interval, and the health pages tell the truth."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from config import health
from config.celery import SWEEPS, app, schedule
from config.worker import CONCURRENCY
from notifications.codes import Lane
from notifications.commands.sending import WAYS_AT_ONCE

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def var(tmp_path: Path, settings: pytest.FixtureRequest) -> Path:
    settings.VAR_DIR = tmp_path  # type: ignore[attr-defined]
    settings.REDIS_URL = ""  # type: ignore[attr-defined]
    return tmp_path


def test_every_sweep_is_a_task_and_expires_before_the_next_one() -> None:
    app.loader.import_default_modules()
    assert [name for name, *_ in SWEEPS if name not in app.tasks] == []
    sent = schedule()
    assert len(sent) == len(SWEEPS)
    for entry in sent.values():
        assert entry["options"]["expires"] <= entry["schedule"]


def test_each_lane_of_deliveries_has_its_sweep_and_hanging_leaves_threads_for_the_others() -> None:
    lanes = [codes for name, _seconds, *codes in SWEEPS if name == "notifications.tasks.deliver"]
    assert lanes == [[lane.value] for lane in Lane]
    assert int(CONCURRENCY) >= 2 * (len(lanes) + WAYS_AT_ONCE)  # gateways of replies may hang too


def test_the_schedule_leaves_no_file() -> None:
    scheduler = app.Beat(scheduler_cls=app.conf.beat_scheduler).Service(app, scheduler_cls=app.conf.beat_scheduler)
    assert set(schedule()) <= set(scheduler.get_scheduler(lazy=False).schedule)
    assert not list(Path().glob("celerybeat*"))


def test_the_process_answers(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.content == b"ok"
    assert not answer.cookies


@pytest.mark.django_db
def test_not_ready_without_a_worker_and_ready_once_it_has_left_its_mark(client: Client, var: Path) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == {"ok": False, "seconds": None}
    health.mark(at=datetime.now(UTC))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["checks"]["untold"] == {"ok": True, "seconds": None}


def test_a_worker_that_fell_silent_is_found(var: Path) -> None:
    health.mark(at=NOW)
    assert health.worker(NOW + timedelta(seconds=10)) == {"ok": True, "seconds": 10}
    assert health.worker(NOW + timedelta(seconds=31)) == {"ok": False, "seconds": 31}
    assert health.worker(NOW - timedelta(hours=1)) == {"ok": False, "seconds": -3600}, "the time was set back"


def test_threads_of_one_worker_that_leave_their_mark_at_once_do_not_meet(var: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _turn: health.mark(at=NOW), range(400)))
    assert health.marked() == NOW
    assert [found.name for found in var.iterdir() if found.name.startswith("heartbeat")] == ["heartbeat"]


def test_what_waits_too_long_to_be_told_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "oldest_untold", lambda at: timedelta(minutes=6))
    assert health.untold(NOW) == {"ok": False, "seconds": 360}


@pytest.mark.django_db
def test_what_reached_nobody_is_counted_and_stops_no_machine(
    client: Client, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    health.mark(at=datetime.now(UTC))
    assert client.get("/readyz").json()["checks"]["unheard"] == {"ok": True, "warning": False, "count": 0}
    monkeypatch.setattr(health, "unheard_count", lambda: 2)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"]["unheard"] == {"ok": True, "warning": True, "count": 2}


def test_a_check_that_breaks_says_its_kind_only() -> None:
    def broken(_at: datetime) -> health.Answer:
        raise ConnectionError("redis://secret@host")

    assert health.answer_of(broken, NOW) == {"ok": False, "error": "ConnectionError"}
