"""A way that is slow, hangs, refuses or half-answers holds up its own lane only; a real worker, with real servers."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from django.db import connection

from accounts.models import User
from grievance.vault import make_keys
from notifications import transports
from notifications.codes import Lane
from notifications.commands import alone, deliver, relay, sending
from notifications.models import Notice
from notifications.tasks import deliver as lane_task
from tests.factories import AT
from tests.notifications.conftest import Happen
from tests.notifications.servers import mail_server, says, silent_server, web_server
from tests.notifications.test_sending import Fake

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
URGENT = b"This is urgent."
Notices = list[tuple[str, str, bool, str, bool, int]]


class TestOneRunOfALane:
    def test_a_process_runs_a_lane_once_at_a_time_and_the_others_meanwhile(self) -> None:
        with alone(Lane.EMAIL) as first, alone(Lane.EMAIL) as second, alone(Lane.URGENT_EMAIL) as other:
            assert (first, second, other) == (True, False, True)
        with alone(Lane.EMAIL) as again:
            assert again

    def test_a_lane_that_runs_already_is_left_alone(self, happen: Happen, officer: User) -> None:
        happen("case_opened", data={})
        relay(at=AT)
        with alone(Lane.EMAIL):
            lane_task(lane="email")
        assert Notice.objects.get().state == "waiting"
        lane_task(lane="urgent-email")
        lane_task(lane="sms")
        assert Notice.objects.get().state == "waiting"
        lane_task(lane="email")
        assert Notice.objects.get().state == "sent"

    def test_a_run_that_takes_too_long_lets_go_of_what_it_has_not_begun(self, happen: Happen, officer: User) -> None:
        for _number in range(3):
            happen("case_opened", data={})
        relay(at=AT)
        fake = Fake()
        with (
            mock.patch.object(transports, "transport", return_value=fake),
            mock.patch.object(sending, "LONGEST_RUN", -1.0),
        ):
            assert deliver(at=AT) == 0
        assert set(Notice.objects.values_list("state", "next_try_at", "tries")) == {("waiting", AT, 0)}
        assert deliver(at=AT + timedelta(seconds=1)) == 3


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
class TestWorker:
    @pytest.fixture
    def environment(self, tmp_path: Path) -> dict[str, str]:
        """One database for all processes: a file, or the test database of PostgreSQL."""
        database = f"sqlite:///{tmp_path / 'lanes.sqlite3'}"
        if connection.vendor == "postgresql":
            given: dict[str, Any] = connection.settings_dict
            login = quote(given["USER"]) + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
            database = f"postgres://{login}@{given['HOST'] or 'localhost'}:{given['PORT'] or 5432}/{given['NAME']}"
        make_keys(tmp_path / "keys")
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "RECOURSE_VAR": str(tmp_path),
            "RECOURSE_PARENT": str(os.getpid()),
            "DATABASE_URL": database,
            "REDIS_URL": "",
        }

    @pytest.fixture
    def run(self, environment: dict[str, str]) -> Callable[..., Notices]:
        def once(*arguments: object, mail: int, web: str) -> Notices:
            given = self.ways(mail, web)
            done = subprocess.run(
                [sys.executable, "-m", "tests.notifications.lanes_process", *map(str, arguments)],
                cwd=ROOT, env=environment | given, stdout=subprocess.PIPE, text=True, check=True, timeout=400,
            )  # fmt: skip
            found: Notices = [tuple(one) for one in json.loads(done.stdout)]
            return found

        return once

    @pytest.fixture
    def work(self, environment: dict[str, str]) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
        begun: list[subprocess.Popen[bytes]] = []

        def start(*, mail: int, web: str) -> "subprocess.Popen[bytes]":
            command = [sys.executable, "-m", "config.worker"]
            begun.append(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment | self.ways(mail, web),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            return begun[-1]

        yield start
        for process in begun:
            process.kill()
            process.wait()

    @staticmethod
    def ways(mail: int, web: str) -> dict[str, str]:
        gateway = {"url": web, "body": "to={{to}}&text={{text}}&id={{uuid}}"}
        return {"EMAIL_URL": f"smtp://127.0.0.1:{mail}", "SMS_GATEWAY": json.dumps(gateway)}

    def test_a_mail_server_that_hangs_holds_up_neither_texts_nor_sweeps(self, run: Any, work: Any) -> None:
        with silent_server() as (port, came), web_server(says(200)) as web:
            run("prepare", 5, mail=port, web=web.url)
            worker = work(mail=port, web=web.url)
            assert until(lambda: len(web.asked) == 1)
            assert came.wait(PATIENCE)
            # The relay has done its work too, by a sweep that found a thread.
            assert len(run("count", mail=port, web=web.url)) == 7
            worker.kill()
            worker.wait()
        self.everybody_in_the_end(run, texts=1)

    def test_an_urgent_letter_is_not_behind_slow_ordinary_ones(self, run: Any, work: Any) -> None:
        with mail_server() as mailbox, web_server(says(200)) as web:
            mailbox.holds = lambda words: URGENT not in words
            run("prepare", 60, mail=mailbox.port, web=web.url)
            work(mail=mailbox.port, web=web.url)
            assert mailbox.held.wait(PATIENCE)
            assert until(lambda: len(mailbox.received) == 1)
            assert URGENT.decode() in mailbox.received[0].get_content()
            assert until(lambda: len(web.asked) == 1)
            mailbox.free.set()
            assert until(lambda: len(mailbox.ids()) >= 61)
            assert max(Counter(mailbox.ids()).values()) <= 2

    def test_a_mail_server_that_refuses_or_half_answers(self, run: Any, work: Any) -> None:
        with mail_server() as mailbox, web_server(says(200)) as web:
            mailbox.drop = True
            run("prepare", 5, mail=mailbox.port, web=web.url)
            worker = work(mail=mailbox.port, web=web.url)
            assert until(lambda: len(web.asked) == 1 and len(mailbox.ids()) == 6)
            worker.kill()
            worker.wait()
            mailbox.rcpt = "451 later"
            found = run("later", 1, mail=mailbox.port, web=web.url)
            assert {state for _id, channel, _u, state, *_ in found if channel == "email"} == {"waiting"}
            mailbox.rcpt, mailbox.drop = "", False
            found = run("later", 10, mail=mailbox.port, web=web.url)
        assert {state for _id, _channel, _urgent, state, *_ in found} == {"sent"}
        # It may have arrived the first time: the same letter again, and marked so.
        assert Counter(mailbox.ids()) == {one: 2 for one, channel, *_ in found if channel == "email"}
        assert all(doubtful for _id, channel, _u, _state, doubtful, _t in found if channel == "email")
        assert len(web.asked) == 1

    def test_a_gateway_that_hangs_holds_up_no_letter(self, run: Any, work: Any) -> None:
        free = threading.Event()

        def hang(request: Any) -> None:
            free.wait(PATIENCE)
            says(200)(request)

        with mail_server() as mailbox, web_server(hang) as web:
            run("prepare", 5, mail=mailbox.port, web=web.url)
            work(mail=mailbox.port, web=web.url)
            assert until(lambda: len(web.asked) == 1)
            assert until(lambda: len(mailbox.ids()) == 6)
            assert not free.is_set()
            free.set()
            assert set(Counter(mailbox.ids()).values()) == {1}

    def test_a_gateway_that_hangs_holds_up_neither_another_one_nor_letters(self, run: Any, work: Any) -> None:
        with silent_server() as (port, came), mail_server() as mailbox, web_server(says(200, '{"id": "7"}')) as web:
            address = web.url.removesuffix("/send")
            run("gateways", f"http://127.0.0.1:{port}", address, mail=mailbox.port, web=web.url)
            work(mail=mailbox.port, web=web.url)
            assert came.wait(PATIENCE)
            assert until(lambda: len(web.asked) == 1 and len(mailbox.ids()) == 1)

    def everybody_in_the_end(self, run: Any, *, texts: int) -> None:
        """Hours later, with servers that answer: each person has one letter per notice."""
        with mail_server() as mailbox, web_server(says(200)) as web:
            found = run("later", 30, mail=mailbox.port, web=web.url)
        letters = [one for one, channel, *_ in found if channel == "email"]
        assert {state for _id, _channel, _urgent, state, *_ in found} == {"sent"}
        assert Counter(mailbox.ids()) == dict.fromkeys(letters, 1)
        assert len(web.asked) == 0
        assert len(found) - len(letters) == texts
