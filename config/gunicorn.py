"""How gunicorn serves the web application; values come from the environment, defaults are those of the embedded one."""

import gc
import os
from pathlib import Path

from django.conf import settings
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from config import processes
from config.logs import configure_logs, log_uncaught

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
processes.die_with_parent()


class OneLog(Logger):
    """Gunicorn's messages go the way of all others; its access log, which holds paths and addresses, is off."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        configure_logs(production=settings.PRODUCTION)
        log_uncaught()


def post_fork(server: Arbiter, worker: Worker) -> None:
    """A worker goes when its master goes, also by kill -9."""
    processes.die_with_parent(server.pid)


def post_worker_init(worker: Worker) -> None:
    """What was imported is there to stay: the collector need not walk through it again at every request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


wsgi_app = "config.wsgi"
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# Read the code once, then fork: faster, and a broken application ends the master at once.
preload_app = True
timeout = 60
graceful_timeout = 5
keepalive = 15
# It would open a control socket in the home folder of whoever runs it.
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat file without content
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = None
logger_class = OneLog
loglevel = "warning"
