"""From a conversation by text to a grievance: as far as it got, once it is done, in danger, or silent."""

import json
from collections.abc import Mapping
from datetime import datetime

from grievance import talk, vault
from grievance.commands.answering import number_of
from grievance.commands.conversation import write
from grievance.commands.datakeys import make_data_key
from grievance.commands.filing import arrived
from grievance.commands.following import Following
from grievance.commands.partners.bytext import passed_on
from grievance.commands.stopping import not_reached
from grievance.commands.together import insert_together
from grievance.keys import RING, data_key_for_office, seal_contact, seal_json
from grievance.models import Complainant, FormSession, Grievance, Message, TextReceipt, Writer
from grievance.receipts import new_reference
from grievance.talk import PIN, STATEMENT


def answers_of(session: FormSession) -> dict[str, str]:
    if not session.sealed_answers:  # filed already: from then on the words are under the grievance's own key
        return {}
    found: dict[str, str] = json.loads(vault.open_contact(RING, bytes(session.sealed_answers)))
    return found


def sealed_answers(answers: Mapping[str, str]) -> bytes:
    return vault.seal_contact(RING, json.dumps(dict(answers), ensure_ascii=False).encode())


def file_session(session: FormSession, answers: Mapping[str, str], *, at: datetime) -> Grievance:
    """As far as it got it is one grievance, received with its first text; the conversation may go on to its PIN."""
    session.grievance = grievance = file_by_text(session, answers, at=at)
    session.sealed_answers = b""
    session.save(update_fields=["grievance", "sealed_answers"])
    return grievance


def end_session(session: FormSession, answers: Mapping[str, str], *, at: datetime) -> None:
    if session.grievance_id is None:
        file_session(session, answers, at=at)
    session.ended_at = at
    session.save(update_fields=["ended_at"])


def file_by_text(session: FormSession, answers: Mapping[str, str], *, at: datetime) -> Grievance:
    """Anonymous, as every caller id is. The number is kept as a contact only where texts to it were said to be safe."""
    told, passed = talk.told(answers), passed_on(session, answers, at=at)
    key, data_key = make_data_key(at=at)
    more = {"about": told.about, "wanted": told.wanted}
    words = {STATEMENT: told.statement, "place": told.place} | {name: said for name, said in more.items() if said}
    grievance = Grievance.objects.create(
        channel=passed.channel if passed else Grievance.Channel.SMS,
        language=session.language,
        families=list(told.families),
        happened_on=told.happened_on,
        urgent=told.urgent,
        harmed=told.harmed,
        openness=Grievance.Openness.ANONYMOUS,
        received_at=session.started_at,
        key=key,
        sealed_statement=seal_json(data_key, words, STATEMENT),
    )
    own = number_of(session.writer) if told.safe else ""
    phone = own if passed is None or passed.phone is None else passed.phone
    receipt = TextReceipt(grievance=grievance, writer=session.writer, reference=session.reference)
    if PIN in answers:
        _give_pin(receipt, answers[PIN])
    insert_together(
        Complainant(
            grievance=grievance,
            sealed_contact=seal_contact({"phone": phone, "email": "", "times": ""}) if phone else None,
            safe_way=Complainant.Safe.SMS if phone else Complainant.Safe.NONE,
        ),
        receipt,
        *(passed.rows(grievance) if passed else arrived(grievance, at=at)),
    )
    if session.writer.stopped_at is not None:
        not_reached(writer=session.writer, mark=None, at=at)
    return grievance


def set_pin(grievance: Grievance, pin: str) -> None:
    """Of a grievance that was filed before its PIN was chosen: somebody was in danger."""
    receipt = TextReceipt.objects.select_for_update().get(grievance=grievance)
    if receipt.pin is None:
        _give_pin(receipt, pin)
        receipt.save(update_fields=["salt", "pin"])


def _give_pin(receipt: TextReceipt, pin: str) -> None:
    receipt.salt = vault.new_salt()
    receipt.pin = vault.pin_digest(RING, receipt.salt, receipt.reference, pin)


def by_pin(grievance: Grievance) -> Following:
    """A PIN stands for the person, as the receipt does on a page. Refuses with ``erased``."""
    return Following(grievance, data_key_for_office(grievance.key_id), "")


def add_words(grievance: Grievance, words: str, *, language: str, at: datetime) -> Message:
    """The person says more, by text; `cases` hears of it as of any message. Refuses with ``erased``."""
    return write(following=by_pin(grievance), body=words, language=language, at=at)


def keep_more(session: FormSession, words: str, *, at: datetime) -> None:
    """Words in the middle of a conversation that answer nothing: they stand with what happened."""
    if session.grievance is not None:
        add_words(session.grievance, words, language=session.language, at=at)
        return
    answers = answers_of(session)
    answers[STATEMENT] = joined(answers.get(STATEMENT, ""), words)
    session.sealed_answers = sealed_answers(answers)
    session.save(update_fields=["sealed_answers"])


def joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def file_alone(writer: Writer, words: str, *, language: str, sent: datetime, at: datetime) -> FormSession:
    """Words that nobody is asked about: a grievance at once."""
    answers = {STATEMENT: words}
    session = FormSession.objects.create(
        writer=writer,
        language=language,
        reference=new_reference(),
        step=talk.ASKED[0].key,
        sealed_answers=sealed_answers(answers),
        started_at=sent,
        ends_at=at,
        ended_at=at,
    )
    end_session(session, answers, at=at)
    return session
