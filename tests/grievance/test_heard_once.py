"""Many workers at once, and a worker that is far behind: each text is heard once, and nobody is taken for silent."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from grievance.commands import listening, texting
from grievance.commands.bytext import answers_of
from grievance.models import FormSession, Gateway, Grievance, InboundRequest, InboundText, Reply
from tests.factories import AT
from tests.grievance.phones import Phone, a_gateway

PEOPLE, WORKERS = 40, 6
MINUTE = timedelta(minutes=1)


@pytest.fixture
def gateway(lead: User) -> Gateway:
    return a_gateway(lead, language="en")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_workers_that_hear_at_the_same_moment_hear_each_text_once(gateway: Gateway) -> None:
    phones = [Phone(gateway, f"+2438100{number:05}") for number in range(PEOPLE)]
    for phone in phones:
        phone.send(f"Hatujalipwa {phone.number[-2:]}", AT)
    texting.read_requests(at=AT)
    errors: list[Exception] = []
    start = threading.Barrier(WORKERS)

    def work() -> None:
        try:
            start.wait()
            listening.listen(at=AT)
        except Exception as error:  # noqa: BLE001 - looked at below
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    listening.listen(at=AT)  # what all of them passed by
    assert errors == []
    said = Counter(answers_of(one)["statement"] for one in FormSession.objects.all())
    assert said == Counter(f"Hatujalipwa {phone.number[-2:]}" for phone in phones)
    assert set(Counter(Reply.objects.values_list("writer", flat=True)).values()) == {1}


@pytest.mark.django_db
def test_nobody_is_silent_whose_answer_came_and_waits_to_be_read(gateway: Gateway) -> None:
    phone = Phone(gateway)
    phone.write("Hatujalipwa", AT)
    phone.send("1", AT + MINUTE)  # and the workers stop for an hour
    later = AT + timedelta(hours=1)
    listening.listen(at=later)
    assert FormSession.objects.open().count() == 1
    texting.read_requests(at=later)
    listening.listen(at=later)
    assert FormSession.objects.get().step == "place"
    assert InboundText.objects.filter(heard_at=None).count() == 0


@pytest.mark.django_db
def test_no_part_is_missing_that_came_and_waits_to_be_read(gateway: Gateway) -> None:
    inbound = {**gateway.options["inbound"], "part": {"reference": "r", "number": "n", "total": "m"}}
    Gateway.objects.update(options={**gateway.options, "inbound": inbound})
    phone = Phone(Gateway.objects.get())
    phone.send("Hatu", AT, r="7", n="1", m="2")
    texting.read_requests(at=AT)
    phone.send("jalipwa", AT + MINUTE, r="7", n="2", m="2")
    later = AT + timedelta(hours=1)
    assert listening.listen(at=later) == 0
    texting.read_requests(at=later)
    assert listening.listen(at=later) == 1
    assert answers_of(FormSession.objects.get())["statement"] == "Hatujalipwa"


@pytest.mark.django_db
def test_what_cannot_be_read_holds_up_nobody_elses_silence(gateway: Gateway) -> None:
    phone = Phone(gateway)
    phone.write("Hatujalipwa", AT)
    Phone(gateway, "+243810000002").send("Maji", AT + MINUTE)
    InboundRequest.objects.filter(state="waiting").update(tries=1, not_before=AT + timedelta(days=1))
    assert listening.listen(at=AT + timedelta(hours=1)) == 1
    assert Grievance.objects.count() == 1
