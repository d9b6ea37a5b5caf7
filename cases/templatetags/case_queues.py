"""Links into the queues of the tracks that the reader works on."""

from django import template
from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import OFFICE
from cases.policies import tracks_of
from cases.states import LABELS

register = template.Library()


@register.simple_tag
def track_queues(user: User) -> list[tuple[str | Promise, str]]:
    """(label, address) of each; none for whoever has only the one queue, or no casework."""
    tracks = tracks_of(user) if roles_of(user) & OFFICE else []
    queue = reverse("admin:cases_case_changelist")
    return [(LABELS[track], f"{queue}?track={track}") for track in tracks] if len(tracks) > 1 else []
