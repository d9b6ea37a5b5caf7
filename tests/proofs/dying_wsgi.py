"""The application, in a worker that dies by kill -9 once it has answered a POST and before any of the answer is sent.

It dies when the file that DIES_ONCE names is there, and takes it away first: the worker after it lives.
"""

import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.wsgi import application as living

FLAG = Path(os.environ["DIES_ONCE"])


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    answer: Iterable[bytes] = living(environ, start_response)
    if environ["REQUEST_METHOD"] == "POST" and FLAG.exists():
        FLAG.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
