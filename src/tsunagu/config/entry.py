"""The console entry point."""

import atexit
import gc
import os
import sys

from tsunagu.config.children import begin_early
from tsunagu.config.home import Home, make_passing_home
from tsunagu.domain.errors import TsunaguError

_DECODING = frozenset({"compare", "demo", "fingerprint", "ingest", "scan"})
"""Commands that decode whatever else they are told: what decodes is loaded beside them."""


_HOMELESS = frozenset({"package", "scan"})
"""Commands that keep nothing, and work on hosts that have no home."""


def main() -> None:
    """Run the tsunagu program."""
    if _HOMELESS.intersection(sys.argv[1:2]):
        make_passing_home(os.environ)
    try:
        # The kernels' cache must be named before numba is imported, and Django set up before any model is.
        os.environ.setdefault("NUMBA_CACHE_DIR", str(Home.of(os.environ).kernels))
        begun = begin_early() if _DECODING.intersection(sys.argv[1:2]) else None
    except TsunaguError as error:
        raise SystemExit(f"tsunagu: {error}") from error
    # What is loaded stays, and what is still there when a command ends goes with its process: neither is worth a look
    # for what nobody refers to.
    gc.disable()
    atexit.register(gc.freeze)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
    import django  # noqa: PLC0415 - after what loads beside it

    django.setup()
    from tsunagu.cli.main import program  # noqa: PLC0415
    from tsunagu.cli.output import print_error  # noqa: PLC0415
    from tsunagu.config.application import Application  # noqa: PLC0415

    # A thread that has heard from its child waits for the interpreter as long as another thread keeps it: at the
    # default 5 ms children stand idle.
    sys.setswitchinterval(0.001)
    try:
        application = Application(os.environ, begun)
    except TsunaguError as error:
        print_error(error)
        raise SystemExit(error.exit_status) from error
    gc.freeze()
    gc.enable()
    program(obj=application)
