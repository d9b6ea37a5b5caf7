"""What the settings read, made before pytest loads them (`-p tests.environment`): keys and a var/ folder of its own.

Nothing of a person's own installation is touched, and none of its variables change what the tests see; DATABASE_URL and
REDIS_URL alone are taken over, so that the same tests run on PostgreSQL with Redis.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from grievance.vault import make_keys

for name in [*os.environ]:
    if name.startswith("RECOURSE_") or name in {"DEMO", "PORT", "BIND", "EMAIL_URL", "SMS_GATEWAY", "BEAT"}:
        del os.environ[name]

# Tests that run side by side clear their cache: each has a Redis database of its own.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _worker and os.environ.get("REDIS_URL"):
    _server, _slash, _number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{_server}/{int(_number) + 1 + int(_worker)}"

VAR = Path(tempfile.mkdtemp(prefix="recourse-tests-"))
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
make_keys(VAR / "keys")
(VAR / "static").mkdir()  # whitenoise warns where collectstatic has never run
os.environ["RECOURSE_VAR"] = str(VAR)
