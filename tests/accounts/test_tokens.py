"""Access tokens of programs: made by their owner alone, kept nowhere, and good only while their owner is at work."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from accounts.commands import change_user, end_role, end_token, grant_role, make_token, note_use
from accounts.errors import Refused
from accounts.models import AccessToken, User
from accounts.queries import forget_roles, token_called, tokens_of
from accounts.roles import Role
from accounts.tokens import TOKENS_MOST, Scope, lookup_of
from tests.factories import AT, UserFactory

DAY = timedelta(days=1)


def a_token(by: User, *scopes: Scope, lasts: timedelta = 90 * DAY) -> tuple[AccessToken, str]:
    return make_token(name="Server", scopes=scopes or (Scope.READ,), lasts=lasts, by=by, at=AT)


def test_the_token_itself_is_kept_nowhere(partner: User) -> None:
    token, secret = a_token(partner)
    held = repr(list(AccessToken.objects.values_list())) + repr(list(LogEntry.objects.values_list()))
    assert secret not in held
    assert secret[4:20] not in held
    assert bytes(AccessToken.objects.get().lookup) == lookup_of(secret)
    assert len(secret) > 43
    assert token_called(secret, AT) == token


def test_what_is_no_token_finds_nothing(partner: User) -> None:
    _token, secret = a_token(partner)
    for wrong in ("", "rcs_", secret[:-1], secret + "A", secret.lower(), f" {secret}", "rcs_" + "é" * 43):
        assert token_called(wrong, AT) is None


def test_it_expires_and_ends(partner: User) -> None:
    token, secret = a_token(partner, lasts=DAY)
    assert token_called(secret, AT + DAY - timedelta(seconds=1))
    assert token_called(secret, AT + DAY) is None
    end_token(token=token, by=partner, at=AT)
    assert token_called(secret, AT) is None
    assert tokens_of(partner) == []


def test_only_who_holds_the_role_makes_one_and_for_no_more_than_a_year(partner: User, handler: User) -> None:
    with pytest.raises(Refused, match="no_partner_role"):
        a_token(handler)
    for lasts in (366 * DAY, timedelta(0), -DAY):
        with pytest.raises(Refused, match="token_too_long"):
            a_token(partner, lasts=lasts)
    for scopes in ((), ("admin",), ("read", "admin")):
        with pytest.raises(Refused, match="unknown_scope"):
            make_token(name="Server", scopes=scopes, by=partner, at=AT)
    for _time in range(TOKENS_MOST):
        a_token(partner)
    with pytest.raises(Refused, match="too_many_tokens"):
        a_token(partner)


def test_a_role_that_ended_ends_its_tokens_and_a_new_one_does_not_revive_them(partner: User, superuser: User) -> None:
    _token, secret = a_token(partner)
    end_role(user=partner, role=Role.PARTNER, by=superuser, at=AT + DAY)
    assert token_called(secret, AT + 2 * DAY) is None
    grant_role(user=partner, role=Role.PARTNER, by=superuser, at=AT + 3 * DAY)
    assert token_called(secret, AT + 4 * DAY) is None


def test_a_closed_account_has_none(partner: User, superuser: User) -> None:
    _token, secret = a_token(partner)
    kept = {name: getattr(partner, name) for name in ("first_name", "last_name", "email", "phone", "language")}
    change_user(user=partner, by=superuser, at=AT, is_active=False, **kept)
    assert token_called(secret, AT) is None
    forget_roles(partner)
    with pytest.raises(Refused, match="no_partner_role"):
        a_token(partner)


def test_one_s_own_is_ended_by_oneself_or_by_who_looks_after_accounts(partner: User, handler: User, lead: User) -> None:
    token, _secret = a_token(partner)
    other = UserFactory.create(username="other", roles=[Role.PARTNER])
    for somebody in (handler, other):
        with pytest.raises(Refused, match="not_yours_to_administer"):
            end_token(token=token, by=somebody, at=AT)
        assert not AccessToken.objects.visible_to(somebody).exists()
    assert AccessToken.objects.visible_to(lead).exists()
    end_token(token=token, by=lead, at=AT)
    assert AccessToken.objects.get().ended_at == AT


def test_of_its_use_a_day_is_kept_and_no_moment(partner: User) -> None:
    token, _secret = a_token(partner)
    note_use(token=token, on=AT.date())
    assert AccessToken.objects.get().used_on == AT.date()
