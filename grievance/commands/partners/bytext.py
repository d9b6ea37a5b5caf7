"""A partner's number by text: each conversation is for somebody, and says how they agreed and where they may be called.

A number is routing, never identity: what comes from one that a wrong code ended is kept as unverified, and shown to no
partner.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from grievance.codes import Authority, ConsentHow, MaySee
from grievance.commands.partners.pairing import once_partner_of, partner_of
from grievance.commands.partners.relaying import heard_of
from grievance.keys import seal_contact
from grievance.models import Complainant, Drill, FormSession, Grievance, PartnerNumber, Relay, Writer
from grievance.receipts import new_reference
from grievance.relayed import BEHALF, CALLBACK, CONSENTS, KNOWN, NOWHERE


@dataclass(frozen=True)
class Start:
    """How a conversation of a registered number begins: with what need not be asked; ``drill``: it is practice."""

    known: Mapping[str, str]
    drill: bool


def start_of(writer: Writer, sent: datetime) -> Start | None:
    """None for everybody else's number."""
    number = partner_of(writer)
    return Start(KNOWN, _drill(number, sent) is not None) if number else None


@dataclass(frozen=True)
class PassedOn:
    """What is written with a grievance that came by a partner's number. ``phone``: of the person, who may be called
    there, "" for nobody; None: as of everybody's text."""

    channel: str
    phone: str | None
    rows: Callable[[Grievance], list[Model]]


def passed_on(session: FormSession, answers: Mapping[str, str], *, at: datetime) -> PassedOn | None:
    """None for what came from anybody else. Paired in the middle of a conversation is not paired for it."""
    number = partner_of(session.writer)
    if number is not None and number.paired_at <= session.started_at:
        consent = CONSENTS.get(answers.get(BEHALF, ""), ConsentHow.NONE)
        said = answers.get(CALLBACK, "")
        phone = _may_be_called(said, consent == ConsentHow.NONE)
        return PassedOn(
            Grievance.Channel.PARTNER,
            phone,
            lambda grievance: [
                _relay(grievance, number, consent, call_back=bool(phone) if said else None, verified=True, at=at),
                *heard_of(grievance, _drill(number, session.started_at)),
            ],
        )
    before = once_partner_of(session.writer)
    if before is None:
        return None
    return PassedOn(
        Grievance.Channel.SMS,
        None,
        lambda grievance: [
            _relay(grievance, before, ConsentHow.NONE, call_back=None, verified=False, at=at),
            *heard_of(grievance, None),
        ],
    )


def agreed(session: FormSession, step: str, said: str) -> None:
    """What is said of a person whose words were filed for danger before anybody was asked: kept with them, while the
    number is still the partner's that passed them on. In the transaction in which it is heard."""
    number = partner_of(session.writer)
    held = Relay.objects.running().select_for_update(of=("self",)).filter(grievance=session.grievance)
    relay = held.filter(number=number).first() if number else None
    if relay is None:
        return
    if step == BEHALF:
        relay.consent_how = CONSENTS[said]
        relay.authority = Authority.OWN if relay.own_report else Authority.ASKED
    else:
        phone = _may_be_called(said, relay.own_report)
        relay.call_back_safe = bool(phone)
        if phone:
            contact = seal_contact({"phone": phone, "email": "", "times": ""})
            persons = Complainant.objects.filter(grievance=session.grievance)
            persons.update(sealed_contact=contact, safe_way=Complainant.Safe.SMS)
    relay.save(update_fields=["consent_how", "authority", "call_back_safe"])


def _may_be_called(said: str, own_report: bool) -> str:
    """The number of the person, "" for nobody's."""
    return said if said != NOWHERE and not own_report else ""


def _relay(
    grievance: Grievance,
    number: PartnerNumber,
    consent: ConsentHow,
    *,
    call_back: bool | None,
    verified: bool,
    at: datetime,
) -> Relay:
    own = consent == ConsentHow.NONE
    return Relay(
        grievance=grievance,
        partner=number.partner,
        number=number,
        verified=verified,
        reference=new_reference(),
        authority=Authority.OWN if own else Authority.ASKED,
        consent_how=consent,
        call_back_safe=call_back,
        may_see=MaySee.NOTHING,  # nobody was asked; the person can say so on their page
        at=at,
    )


def _drill(number: PartnerNumber, at: datetime) -> Drill | None:
    return Drill.objects.running(at).covering(number.partner, number=number).first()
