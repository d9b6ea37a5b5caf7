"""The buttons of the case page: what this person may do now, each with its form."""

from dataclasses import dataclass

from accounts.models import User
from cases.admin.deeds import DEEDS, GROUPS, Deed
from cases.admin.deeds.deed import Text
from cases.forms import office
from cases.models import Filing
from cases.queries import CasePage
from grievance.commands.reading import Words

__all__ = ["DEEDS", "Offer", "offers"]


@dataclass(frozen=True)
class Offer:
    """One deed with the form that stands on the page; ``open`` where something was typed and refused."""

    deed: Deed
    form: office.ActForm
    open: bool = False


def offers(
    page: CasePage, user: User, filing: Filing | None, words: Words | None = None, posted: Offer | None = None
) -> list[tuple[Text, list[Offer]]]:
    """What this person may do now, under its headings; a form that was refused is among it, with what was typed."""
    found = []
    for heading, deeds in GROUPS:
        offered = [offer for deed in deeds if (offer := _offer(deed, page, user, filing, words, posted))]
        if offered:
            found.append((heading, offered))
    return found


def _offer(
    deed: Deed, page: CasePage, user: User, filing: Filing | None, words: Words | None, posted: Offer | None
) -> Offer | None:
    # A refused button that holds nothing typed is not drawn again once its time is over.
    if posted is not None and posted.deed is deed and (deed.act in page.acts or posted.form.fields):
        return posted
    if deed.act not in page.acts:
        return None
    form = deed.form(slug=deed.slug, page=page, user=user, filing=filing)
    if words is not None:
        form.begin_with(words)
    return Offer(deed, form) if form.offered else None
