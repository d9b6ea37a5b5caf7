"""People who act here, and the roles that they hold."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import LABELS, Role
from accounts.tokens import Scope


class UserQuerySet(models.QuerySet["User"]):
    def holding(self, *roles: Role) -> "UserQuerySet":
        """Active people who hold one of these roles now."""
        held = RoleGrant.objects.filter(role__in=roles, ended_at=None).values("user_id")
        return self.filter(is_active=True, pk__in=held)

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Accounts are shown to superusers and programme leads; everybody else sees their own."""
        if user.is_superuser or RoleGrant.objects.current().filter(user=user, role=Role.LEAD).exists():
            return self
        return self.filter(pk=user.pk)


class People(UserManager["User"]):
    """Makes accounts and speaks the domain; migrations do without it."""

    use_in_migrations = False

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def holding(self, *roles: Role) -> UserQuerySet:
        return self.get_queryset().holding(*roles)

    def visible_to(self, user: "User") -> UserQuerySet:
        return self.get_queryset().visible_to(user)


class User(AbstractUser):
    """An officer, a respondent's contact or a partner: never somebody who files a grievance."""

    language = models.CharField(_("language"), max_length=12, default="en")
    phone = models.CharField(_("business phone (E.164)"), max_length=16, blank=True)

    objects: ClassVar[People] = People()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def current(self) -> "RoleGrantQuerySet":
        return self.filter(ended_at=None)

    def visible_to(self, user: User) -> "RoleGrantQuerySet":
        if user.is_superuser or self.current().filter(user=user, role__in=[Role.LEAD, Role.OVERSIGHT]).exists():
            return self
        return self.filter(user=user)


class RoleGrant(models.Model):
    """One person holds one role from one moment to another; a grant is ended, never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=16, choices=[(role.value, LABELS[role]) for role in Role])
    granted_at = models.DateTimeField(_("from"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("granted by")
    )
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint("user", "role", condition=models.Q(ended_at=None), name="one_grant_at_a_time"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("granted_at")),
                name="grant_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}"

    def running(self, at: datetime) -> bool:
        return self.granted_at <= at and (self.ended_at is None or at < self.ended_at)


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def visible_to(self, user: User) -> "AccessTokenQuerySet":
        """Programme leads look after all of them, as after accounts; everybody else sees their own."""
        if user.is_superuser or RoleGrant.objects.current().filter(user=user, role=Role.LEAD).exists():
            return self
        return self.of(user)

    def of(self, user: User) -> "AccessTokenQuerySet":
        return self.filter(user=user)

    def good(self, at: datetime) -> "AccessTokenQuerySet":
        """Neither ended nor expired, of somebody who has held the role of a partner ever since it was made."""
        held = RoleGrant.objects.current().filter(
            user=models.OuterRef("user"), role=Role.PARTNER, granted_at__lte=models.OuterRef("made_at")
        )
        running = self.filter(ended_at=None, made_at__lte=at, expires_at__gt=at, user__is_active=True)
        return running.filter(models.Exists(held))


class AccessToken(models.Model):
    """By this a program acts for somebody who passes on people's words. The token itself is kept nowhere."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=60)  # of the program, as its owner calls it
    scopes = models.JSONField(_("good for"), default=list)  # of `accounts.tokens.Scope`
    lookup = models.BinaryField(unique=True, max_length=32)  # accounts.tokens.lookup_of
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # A day and no moment: that somebody has to look after it shows, and who filed when does not.
    used_on = models.DateField(_("last used on"), null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="token_expires_after_it_is_made"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("made_at")),
                name="token_ends_after_it_is_made",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def good_for(self) -> list[str]:
        """What its scopes are called."""
        return [str(scope.label) for scope in Scope if scope in self.scopes]
