"""Twilio heeds STOP by itself, and ends it by words of its own alone: that we then cannot send, the office sees."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from accounts.models import User
from cases.commands import intake
from cases.labels import EVENTS
from cases.models import Case, CaseEvent
from grievance import demo
from grievance.commands import gateways, listening, texting
from grievance.commands.writers import writer_of
from grievance.gateways.wire import Incoming
from grievance.models import Gateway, Reply, Writer
from grievance.simulator.server import Simulator, simulating
from notifications.commands import deliver_replies, relay
from notifications.models import Notice
from tests.factories import AT, SiteFactory
from tests.grievance.simulated import PHONE, line_of
from tests.notifications.servers import says, web_server
from tests.notifications.texting import filed_by_text

pytestmark = pytest.mark.django_db
LINE = line_of("twilio")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with web_server(says(200)) as web, simulating([LINE], web.url.removesuffix("/send"), pace=0.01) as one:
        yield one


@pytest.fixture
def twilio(simulator: Simulator, lead: User) -> Gateway:
    return gateways.add_gateway(
        slug=LINE.slug, name="Twilio", kind="twilio", options=demo.options_of(LINE, simulator.address),
        secret=LINE.secret, credentials=demo.credentials_of(LINE), by=lead, at=AT,
    )  # fmt: skip


@pytest.fixture
def writer(twilio: Gateway, handler: User) -> Writer:
    """Somebody who filed by text, and whose case has a handler."""
    found = writer_of(twilio, PHONE, at=AT)
    filed_by_text(found)
    intake.take_up(at=AT)
    Case.objects.update(handler=handler, stage="assessment", site=SiteFactory.create())
    return found


class Thread:
    """A phone whose network hears each word before we do. ``write`` gives what the phone shows since."""

    def __init__(self, simulator: Simulator, gateway: Gateway) -> None:
        self.simulator, self.gateway, self.minute = simulator, gateway, 0

    def write(self, word: str) -> list[str]:
        at = AT + MINUTE * self.minute
        self.minute += 1
        before = len(self.shown())
        heard = self.simulator.exchange.write(PHONE, word, LINE.slug)
        body = urlencode({"From": PHONE, "To": LINE.number, "Body": word, "MessageSid": heard.id}).encode()
        incoming = Incoming("", body, {"content-type": "application/x-www-form-urlencoded"})
        gateways.keep_request(gateway=self.gateway, incoming=incoming, at=at)
        texting.read_requests(at=at)
        listening.listen(at=at)
        deliver_replies(at=at)
        intake.take_up(at=at)
        relay(at=at)
        return self.shown()[before:]

    def shown(self) -> list[str]:
        return [one.text for one in self.simulator.exchange.phones.thread(PHONE) if not one.ours]


def events() -> list[str]:
    kinds = {"person_not_reached", "person_blocked"}
    return list(CaseEvent.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("back", ["START", "unstop"])
def test_a_word_that_the_network_does_not_know_is_shown_to_the_office_and_its_own_word_works(
    simulator: Simulator, twilio: Gateway, writer: Writer, handler: User, back: str
) -> None:
    phone = Thread(simulator, twilio)
    assert phone.write("STOP") == []
    assert events() == ["person_not_reached"]
    assert phone.write("ANZA") == []
    assert Reply.objects.order_by("pk").last().code == "21610"  # type: ignore[union-attr]
    writer.refresh_from_db()
    assert writer.stopped_at == AT + MINUTE
    assert events() == ["person_not_reached", "person_blocked"]
    assert "START" in str(EVENTS["person_blocked"])
    assert Notice.objects.filter(event__kind="person_blocked", recipient=handler).count() == 1
    assert len(phone.write(back)) == 1
    assert Writer.objects.get(pk=writer.pk).stopped_at is None
    assert len(events()) == 2


def test_who_told_their_network_in_a_word_of_its_own_is_marked_when_it_refuses(
    simulator: Simulator, twilio: Gateway, writer: Writer
) -> None:
    """QUIT is no word of ours: we learn of it by the refusal."""
    assert Thread(simulator, twilio).write("QUIT") == []
    writer.refresh_from_db()
    assert writer.stopped_at == AT
    assert events() == ["person_blocked"]
