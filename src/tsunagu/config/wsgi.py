"""The workplace as each worker of the web server loads it: a process that opens the house and keeps it open."""

import atexit
import gc
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

from tsunagu.config.answering import answer_later
from tsunagu.config.beside import end_with_parent
from tsunagu.config.home import Home
from tsunagu.config.serving import COUNTS, HOSTS, LOCAL_HOSTS, PAGES, PAGES_AT_ONCE

# An orphan would go on answering, beside the server that is started in its parent's place.
end_with_parent(at_once=True)
os.environ.setdefault("NUMBA_CACHE_DIR", str(Home.of(os.environ).kernels))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
settings.ALLOWED_HOSTS = os.environ.get(HOSTS, ",".join(LOCAL_HOSTS)).split(",")
django.setup()
# A worker is a fork of the server: connections that it inherits are the server's, and may be dead by now.
for _inherited in connections.all(initialized_only=True):
    _inherited.connection = None

from tsunagu.api.fast_lane import FastLane, Lane  # noqa: E402
from tsunagu.api.hma.matching import SignalLane  # noqa: E402
from tsunagu.api.look_ups import LookUpLane  # noqa: E402
from tsunagu.config.application import Application  # noqa: E402
from tsunagu.domain.errors import TsunaguError  # noqa: E402
from tsunagu.services.look_ups.desk import LookUpDesk  # noqa: E402
from tsunagu.web.middleware.measuring import counts  # noqa: E402
from tsunagu.web.rooms import now, rooms  # noqa: E402

_house = ExitStack()
atexit.register(_house.close)
try:
    _application = Application(os.environ)
    _rooms = _house.enter_context(_application.open(for_workers=True))
except TsunaguError as error:
    raise SystemExit(f"tsunagu: {error}") from None
settings.SECRET_KEY = _rooms.keys.mac("token", b"the secret key of the pages").hex()
_application.serve_pages(_rooms)
_desk = _house.enter_context(LookUpDesk(rooms=rooms, now=now))
_lanes: tuple[Lane, ...] = (LookUpLane(), *(SignalLane(lambda: _rooms.keys, is_raw=one) for one in (False, True)))
_pages = _house.enter_context(ThreadPoolExecutor(int(os.environ.get(PAGES, PAGES_AT_ONCE)), "pages"))
application = FastLane(get_wsgi_application(), _lanes, desk=_desk, counted=counts.add, pages=_pages)
answer_later()
if COUNTS in os.environ:
    counts.share(Path(os.environ[COUNTS]))
gc.collect()
gc.freeze()  # what is there by now stays: looking through it again and again would hold up every answer
