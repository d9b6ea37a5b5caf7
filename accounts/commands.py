"""The only writers of accounts and roles."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from accounts.models import AccessToken, RoleGrant, User
from accounts.policies import (
    check_administers,
    check_may_change,
    check_may_end_token,
    check_may_grant,
    check_may_make_token,
)
from accounts.queries import forget_roles, roles_of
from accounts.roles import Role
from accounts.tokens import TOKEN_LASTS, lookup_of, new_secret


def create_user(
    *,
    username: str,
    password: str,
    by: User | None,
    at: datetime,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    phone: str = "",
    language: str = "en",
    superuser: bool = False,
) -> User:
    """An account without any role. Only the set-up (``by`` None) makes a superuser.

    Raises Refused, and ValidationError for a password that is too weak.
    """
    check_administers(by, _held(by))
    if superuser and by is not None:
        raise Refused("superuser_by_hand", _("A superuser is made on the server, not here."))
    user = User(
        username=User.normalize_username(username),
        first_name=first_name,
        last_name=last_name,
        email=User.objects.normalize_email(email),
        phone=phone,
        language=language,
        is_superuser=superuser,
        is_staff=superuser,
        date_joined=at,
    )
    validate_password(password, user)
    user.set_password(password)
    user.save()
    return user


@transaction.atomic
def change_user(
    *,
    user: User,
    by: User,
    at: datetime,
    first_name: str,
    last_name: str,
    email: str,
    phone: str,
    language: str,
    is_active: bool,
) -> User:
    """Closing an account ends its roles, so that none of them counts anybody who cannot act."""
    check_may_change(user, by, roles_of(by))
    if user.pk == by.pk and not is_active:
        raise Refused("closes_own_account", _("Nobody closes their own account."))
    user.first_name, user.last_name, user.email = first_name, last_name, User.objects.normalize_email(email)
    user.phone, user.language, user.is_active = phone, language, is_active
    user.save(update_fields=["first_name", "last_name", "email", "phone", "language", "is_active"])
    if not is_active:
        RoleGrant.objects.current().filter(user=user).update(ended_at=at)
        forget_roles(user)
    return user


def choose_language(*, language: str, by: User) -> None:
    """In which language the pages behind the login speak to somebody: their own choice.

    Raises Refused("language_unknown").
    """
    if language not in dict(settings.LANGUAGES):
        raise Refused("language_unknown", _("This language is not offered here."))
    by.language = language
    by.save(update_fields=["language"])


@transaction.atomic
def grant_role(*, user: User, role: Role, by: User | None, at: datetime) -> RoleGrant:
    """``user`` holds ``role`` from ``at`` on."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    check_administers(by, _held(by))
    check_may_grant(locked, role, holds=roles_of(locked), by=by)
    grant = RoleGrant.objects.create(user=user, role=role, granted_at=at, granted_by=by)
    forget_roles(user)
    return grant


@transaction.atomic
def end_role(*, user: User, role: Role, by: User | None, at: datetime) -> RoleGrant:
    """``user`` no longer holds ``role``; the row stays. One's own role may always be given up.

    Raises Refused("holds_no_such_role").
    """
    if by is None or by.pk != user.pk:
        check_administers(by, _held(by))
    grant = RoleGrant.objects.select_for_update().filter(user=user, role=role, ended_at=None).first()
    if grant is None:
        raise Refused("holds_no_such_role", _("This person does not hold this role."))
    grant.ended_at = at
    grant.save(update_fields=["ended_at"])
    forget_roles(user)
    return grant


@transaction.atomic
def drop_second_factor(*, user: User, by: User, at: datetime) -> None:
    """The phone and the recovery codes are lost: the next login sets up another factor. Never one's own.

    Whoever asks for it must be recognised by voice or face first; the log says who did it.
    """
    check_may_change(user, by, roles_of(by))
    if user.pk == by.pk:
        raise Refused("own_second_factor", _("Ask somebody else to remove your second factor."))
    Authenticator.objects.filter(user=user).delete()
    log_act(record=user, added=False, by=by, at=at)


@transaction.atomic
def make_token(
    *, name: str, scopes: Collection[str], by: User, at: datetime, lasts: timedelta = TOKEN_LASTS
) -> tuple[AccessToken, str]:
    """A token of one's own, and its secret, which is shown now and never again.

    Refuses with ``no_partner_role``, ``unknown_scope``, ``token_too_long`` and ``too_many_tokens``.
    """
    User.objects.select_for_update().get(pk=by.pk)
    running = AccessToken.objects.good(at).filter(user=by).count()
    check_may_make_token(by, roles_of(by), scopes=scopes, lasts=lasts, running=running)
    secret = new_secret()
    token = AccessToken.objects.create(
        user=by, name=name, scopes=sorted(scopes), lookup=lookup_of(secret), made_at=at, expires_at=at + lasts
    )
    log_act(record=token, added=True, by=by, at=at)
    return token, secret


@transaction.atomic
def end_token(*, token: AccessToken, by: User, at: datetime) -> None:
    """Good for nothing from now on. One's own, or anybody's by who looks after accounts; else refuses with
    ``not_yours_to_administer``."""
    check_may_end_token(token.user, by, roles_of(by))
    if AccessToken.objects.filter(pk=token.pk, ended_at=None).update(ended_at=at):
        log_act(record=token, added=False, by=by, at=at)


def note_use(*, token: AccessToken, on: date) -> None:
    """That it was used on that day; written once a day, whatever comes by it."""
    if token.used_on != on:
        AccessToken.objects.filter(pk=token.pk).update(used_on=on)


def log_act(*, record: models.Model, added: bool, by: User, at: datetime) -> None:
    """The admin's own log: who touched which row, and not a word of what stands in it."""
    LogEntry.objects.create(
        action_time=at,
        user=by,
        content_type=ContentType.objects.get_for_model(record, for_concrete_model=False),
        object_id=str(record.pk),
        object_repr=str(record.pk),
        action_flag=ADDITION if added else CHANGE,
        change_message="",
    )


def _held(by: User | None) -> frozenset[Role]:
    return roles_of(by) if by else frozenset()
