"""Django's own checks as CI runs them: with keys made in a temporary folder, and once for each role of production."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from grievance.vault import hand_out, make_keys

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ROLES = ("public", "office", "worker")
# Addresses of .invalid: `check` opens no connection, and would find nobody.
PRODUCTION = {
    "RECOURSE_PRODUCTION": "1",
    "RECOURSE_HOSTS": "recourse.invalid",
    "RECOURSE_URL": "https://recourse.invalid",
    "DATABASE_URL": "postgres://recourse@database.invalid/recourse",
    "REDIS_URL": "redis://redis.invalid:6379/0",
    "EMAIL_URL": "smtp+tls://mail.invalid:587",
    "SMS_GATEWAY": "{}",
    "DEMO": "0",
}


def manage(*arguments: str, **environment: str) -> bool:
    command = [sys.executable, "manage.py", *arguments]
    clean = {name: value for name, value in os.environ.items() if name not in PRODUCTION}
    return subprocess.run(command, cwd=ROOT, env=clean | environment, check=False).returncode == 0


def migrations(folder: Path) -> bool:
    """The models and their migrations say the same."""
    make_keys(folder / "keys")
    return manage("makemigrations", "--check", "--dry-run", RECOURSE_VAR=str(folder))


def deploy(folder: Path) -> bool:
    """`check --deploy` finds nothing to warn of in any role of production."""
    make_keys(folder / "all")
    for role in ROLES:
        hand_out(folder / "all", folder / role, role)
    asked = ("check", "--deploy", "--fail-level", "WARNING")
    return all(
        manage(
            *asked,
            **PRODUCTION,
            RECOURSE_ROLE=role,
            RECOURSE_KEYS=str(folder / role),
            RECOURSE_VAR=str(folder / "var"),
        )
        for role in ROLES
    )


def types(folder: Path) -> bool:
    """mypy, whose plugin loads the settings, which want keys."""
    make_keys(folder / "keys")
    return (
        subprocess.run([BIN / "mypy"], cwd=ROOT, env=os.environ | {"RECOURSE_VAR": str(folder)}, check=False).returncode
        == 0
    )


def main(wish: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        passed = {"types": types, "migrations": migrations, "deploy": deploy}[wish](Path(folder))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
