"""The cast, one moment, and the limits of a test: no socket but to this machine, no slow hash, no collected files."""

import ipaddress
import socket
from datetime import datetime
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from grievance.models import FieldPartner
from supplychain.models import Organisation
from tests.factories import AT, EmploymentFactory, OrganisationFactory, UserFactory
from tests.grievance.partners import a_partner, at_work

# How long an example takes says something about this machine and nothing about the product.
hypothesis.settings.register_profile("recourse", deadline=None, max_examples=60)
hypothesis.settings.load_profile("recourse")

settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.STATIC_ROOT.mkdir(exist_ok=True)

_connect = socket.socket.connect


def _connect_here(self: socket.socket, address: Any) -> None:
    """Tests talk to loopback and to sockets that are files; a name other than localhost is never even looked up."""
    host = address[0] if isinstance(address, tuple) else None
    if host is not None and host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise OSError("a test tried to leave this machine")
    _connect(self, address)


socket.socket.connect = _connect_here  # type: ignore[method-assign, assignment]


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Rate limits and used codes of one test are not those of the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _fresh_language() -> None:
    """A page that one test read in Swahili leaves its language in the thread; the next begins in that of the code."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def at() -> datetime:
    return AT


# -- The cast. The complainant is no user: they hold a receipt and nothing else.


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory.create(username="amina", roles=[Role.INTAKE])


@pytest.fixture
def handler(db: None) -> User:
    return UserFactory.create(username="tomas", roles=[Role.HANDLER])


@pytest.fixture
def supervisor(db: None) -> User:
    return UserFactory.create(username="irene", roles=[Role.SUPERVISOR])


@pytest.fixture
def custodian(db: None) -> User:
    return UserFactory.create(username="kofi", roles=[Role.CUSTODIAN])


@pytest.fixture
def lead(db: None) -> User:
    return UserFactory.create(username="lin", roles=[Role.LEAD])


@pytest.fixture
def oversight(db: None) -> User:
    return UserFactory.create(username="ona", roles=[Role.OVERSIGHT])


@pytest.fixture
def partner(db: None) -> User:
    user = UserFactory.create(username="paz", roles=[Role.PARTNER])
    EmploymentFactory.create(user=user, organisation=OrganisationFactory.create(kind=Organisation.Kind.CIVIL_SOCIETY))
    return user


@pytest.fixture
def supplier(db: None) -> User:
    """A contact of the operator of a mine."""
    user = UserFactory.create(username="sami", roles=[Role.RESPONDENT])
    EmploymentFactory.create(user=user)
    return user


@pytest.fixture
def automaker(db: None) -> User:
    """A contact of a car company."""
    user = UserFactory.create(username="anke", roles=[Role.RESPONDENT])
    EmploymentFactory.create(user=user, organisation=OrganisationFactory.create(kind=Organisation.Kind.AUTOMAKER))
    return user


@pytest.fixture
def outsider(db: None) -> User:
    """An account without any role."""
    return UserFactory.create(username="otto")


@pytest.fixture
def superuser(db: None) -> User:
    return UserFactory.create(username="root", is_superuser=True, is_staff=True)


# -- Two field partners, and who works for each


@pytest.fixture
def union(lead: User) -> FieldPartner:
    return a_partner(lead)


@pytest.fixture
def clinic(lead: User) -> FieldPartner:
    return a_partner(lead, "Clinic by the lake (fictional)")


@pytest.fixture
def neema(union: FieldPartner, lead: User) -> User:
    return at_work(union, lead, "neema")


@pytest.fixture
def juma(clinic: FieldPartner, lead: User) -> User:
    return at_work(clinic, lead, "juma")
