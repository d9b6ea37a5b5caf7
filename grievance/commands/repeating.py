"""The same words once more, shortly after: from a gateway that sends twice what has no id, or has another one each
time, or from somebody who says the same again. Linked and shown to officers either way; no answer is lost."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from grievance import comeback, relayed, talk
from grievance.coded import partner_says
from grievance.commands.answering import say
from grievance.commands.bytext import answers_of
from grievance.commands.filling import form_in
from grievance.commands.guiding import go_from
from grievance.commands.partners.pairing import code_before_form, partner_of, reads_as_code
from grievance.models import FormSession, InboundText
from grievance.questions import Kind
from grievance.rules import ALIKE_WITHIN, PARTS_ALIKE_WITHIN
from grievance.talk import FORM, PIN


class Again(Enum):
    """``NEW``: no repetition. ``MEANT``: perhaps meant once more, and heard. ``SAME``: linked, and not heard."""

    NEW = auto()
    MEANT = auto()
    SAME = auto()


def shortly_before(parts: Sequence[InboundText]) -> InboundText | None:
    """The text that was heard before and had the same words; of one in parts: each of them."""
    found = [_before(part) for part in parts]
    return found[0] if all(found) else None


def _before(part: InboundText) -> InboundText | None:
    if part.words_mark is None:
        return None
    rows = InboundText.objects.filter(writer=part.writer_id, words_mark=bytes(part.words_mark))
    rows = rows.filter(heard_at__isnull=False, at__gte=part.at - ALIKE_WITHIN).exclude(pk=part.pk)
    return rows.select_related("session", "alike").order_by("-pk").first()


def late_part(part: InboundText) -> InboundText | None:
    """The part that this one repeats, of a text that was heard already."""
    if part.part_of is None or part.words_mark is None:
        return None
    rows = InboundText.objects.filter(part_of=bytes(part.part_of), words_mark=bytes(part.words_mark))
    rows = rows.filter(heard_at__isnull=False, at__gte=part.at - PARTS_ALIKE_WITHIN)
    return rows.order_by("pk").first()


def once_each(parts: Sequence[InboundText]) -> list[InboundText]:
    """Without those that say the same at the same place."""
    seen: set[tuple[int, bytes]] = set()
    found = []
    for part in parts:
        mark = (part.part, bytes(part.words_mark or str(part.pk).encode()))
        if mark not in seen:
            found.append(part)
        seen.add(mark)
    return found


def judged(text: InboundText, before: InboundText, session: FormSession | None, words: str) -> Again:
    """How to take a text that says the same as one before. ``words``: all of it, and no keyword that stands alone."""
    partner = partner_of(text.writer) is not None
    if reads_as_code(words) or code_before_form(words)[0]:
        return Again.SAME  # it was used the first time
    returning = comeback.read(words)
    if returning is not None and (returning.pin or returning.reference or session is None):
        return Again.SAME if returning.more else Again.MEANT
    if session is None:
        # For another person a partner may well say just the same.
        return Again.MEANT if partner and _began(before) else Again.SAME
    if before.session_id != session.pk:
        return Again.NEW if partner else Again.MEANT
    if form_in(text.writer, session, words) is not None:
        return Again.SAME
    return _as_answer(text, before, session, words)


def _began(text: InboundText) -> bool:
    return text.session is not None and text.session.started_at == text.at


def _as_answer(text: InboundText, before: InboundText, session: FormSession, words: str) -> Again:
    """A plain answer to the question that waits is one, whatever was said before. Where any words answer, they are
    asked for once more: what is said a third time is meant."""
    step = session.step
    if step in relayed.STEPS:
        plain = partner_says(step, words) is not None
    elif step != FORM and (step == PIN or talk.BY_KEY[step].kind == Kind.TICK):
        plain = talk.answer_to(step, words).answer is not None
    else:
        return Again.MEANT if step != FORM and before.alike_id is not None else Again.SAME
    if not plain:
        return Again.SAME
    return Again.NEW if text.mark is not None else Again.MEANT  # with an id of its own it is another text


def ask_again(text: InboundText, before: InboundText, session: FormSession | None, *, at: datetime) -> None:
    """Who says it again has our question before them, and waits; where both came before we asked, nobody does."""
    if session is None or session.pk != before.session_id or (before.heard_at and text.at < before.heard_at):
        return
    if session.step == FORM:
        go_from(session, answers_of(session), at)
        return
    say(session.writer, f"ask_{session.step}", language=session.language, at=at)
