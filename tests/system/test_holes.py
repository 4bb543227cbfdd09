"""Each hole in the frameworks' defaults is closed, and a test fails without what closes it: that is tried here.

The table is in docs/threat-model.md; the long round takes each fix out of a copy of the program.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..conftest import quick_folder  # noqa: TID252 - tests are no package with a name

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "src" / "tsunagu"
FAILED = 1  # pytest's own: tests ran, and some failed
IN_TABLE = re.compile(r"^\| .* \| `([^`]+)` \| `(test_\w+)` in `(tests/[\w/.]+)` \|$", re.MULTILINE)
PAGE_AT_HOME = '    path("", home.home, name="home"),\n'
DJANGO_APPS = "INSTALLED_APPS = [\n"


@dataclass(frozen=True)
class Hole:
    """A hole in a framework's default.

    Attributes:
        file: where it is closed, from the program's folder.
        opened: file, what stands there, and what would stand there if the default had been left.
        test: name and file of what fails then.
    """

    name: str
    file: str
    opened: tuple[tuple[str, str, str], ...]
    test: tuple[str, str]

    def __str__(self) -> str:
        return self.name


def hole(name: str, file: str, closed: str, opened: str, test: tuple[str, str], *more: tuple[str, str, str]) -> Hole:
    return Hole(name, file, ((file, closed, opened), *more), test)


def of_doors(test: str) -> tuple[str, str]:
    return test, "tests/integration/web/test_doors.py"


def of_sign_in(test: str) -> tuple[str, str]:
    return test, "tests/integration/web/test_sign_in.py"


def of_api(test: str) -> tuple[str, str]:
    return test, "tests/integration/api/test_api_doors.py"


WITHOUT_A_KEY = of_api("test_a_program_without_a_key_is_told_so_and_sent_nowhere_else")
HOLES = [
    hole(
        "programs are sent to the sign-in page",
        "api/operations.py",
        "        login_not_required(one.callback)\n",
        "        pass\n",
        WITHOUT_A_KEY,
    ),
    hole(
        "an admin site opens by a password alone",
        "config/settings.py",
        DJANGO_APPS,
        DJANGO_APPS + '    "django.contrib.admin",\n',
        of_doors("test_what_frameworks_would_open_is_not_there"),
        (
            "web/urls.py",
            PAGE_AT_HOME,
            PAGE_AT_HOME + '    path("admin/", __import__("django.contrib.admin").contrib.admin.site.urls),\n',
        ),
    ),
    hole(
        "a second factor is nobody's duty",
        "config/settings.py",
        '    "tsunagu.web.middleware.second_factor.SecondFactorMiddleware",\n',
        "",
        of_sign_in("test_who_has_no_second_factor_is_sent_to_make_one_whatever_he_asks_for"),
    ),
    hole(
        "secrets of second factors are kept in clear",
        "web/sign_in/adapters.py",
        "return seal_factor(text, rooms().keys)",
        "return text",
        of_sign_in("test_a_secret_that_was_made_in_the_browser_is_sealed_in_its_row"),
        ("web/sign_in/adapters.py", "return open_factor(encrypted_text, rooms().keys)", "return encrypted_text"),
    ),
    hole(
        "an operation opens to everybody",
        "api/operations.py",
        "        auth=ApiKey(door),\n",
        "",
        WITHOUT_A_KEY,
    ),
    hole(
        "a session opens the API, without a form's token",
        "api/middleware.py",
        '        request.META.pop("HTTP_COOKIE", None)\n',
        "",
        of_api("test_no_cookie_is_read_whatever_way_in_an_operation_offers"),
    ),
    hole(
        "people sign up by themselves",
        "web/sign_in/urls.py",
        '    path("login/", views.login, name="account_login"),\n',
        '    path("login/", views.login, name="account_login"),\n'
        '    path("signup/", views.signup, name="account_signup"),\n',
        of_doors("test_no_admin_site_and_no_sign_up_is_installed"),
    ),
    hole(
        "who finds a page to sign up is taken",
        "web/sign_in/adapters.py",
        "        return False\n",
        "        return True\n",
        of_doors("test_nobody_could_sign_up_where_there_were_a_page_for_it"),
    ),
    hole(
        "the API's documentation is open",
        "api/operations.py",
        "        docs_url=None,\n        openapi_url=None,\n",
        "",
        of_api("test_every_url_of_the_api_is_an_operation_or_the_description"),
    ),
    hole(
        "an admin's edits pass services and ledger by",
        "web/urls.py",
        "urlpatterns = [\n",
        "from django.contrib.admin.sites import AdminSite\nfrom tsunagu.records.models import Case\n\n"
        "editable = AdminSite()\neditable.register(Case)\n"
        "urlpatterns = [\n",
        of_doors("test_no_admin_site_and_no_sign_up_is_installed"),
    ),
    hole(
        "the old password may be guessed where a new one is set",
        "web/sign_in/forms.py",
        "if proves_password(agencies.credentials_of(self.user.get_username()), password=password, now=now()):",
        "if self.user.check_password(password):",
        (
            "test_guesses_at_the_old_password_are_counted_written_down_and_lock_the_officer_out",
            "tests/integration/web/test_grave_acts.py",
        ),
    ),
]


def test_the_threat_model_tells_of_each_hole_where_it_is_closed_and_which_test_holds_it() -> None:
    told = IN_TABLE.findall((ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8"))
    assert sorted(told) == sorted((one.file, *one.test) for one in HOLES)


@pytest.mark.parametrize("one", HOLES, ids=str)
def test_what_closes_a_hole_stands_where_it_is_said_to_and_so_does_its_test(one: Hole) -> None:
    for file, closed, _ in one.opened:
        assert (PROGRAM / file).read_text(encoding="utf-8").count(closed) == 1
    test, file = one.test
    written = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    assert test in {node.name for node in written if isinstance(node, ast.FunctionDef)}


@pytest.fixture
def copied() -> Iterator[Path]:
    """A copy of the program's source, which the users that the database and the decoder run as can read."""
    top = Path(tempfile.mkdtemp(prefix="tsunagu-holes-", dir=quick_folder()))
    top.chmod(0o755)
    yield Path(shutil.copytree(PROGRAM, top / "tsunagu", ignore=shutil.ignore_patterns("__pycache__")))
    shutil.rmtree(top)


@pytest.mark.soak
@pytest.mark.parametrize("one", HOLES, ids=str)
def test_without_what_closes_it_the_test_of_each_hole_fails(one: Hole, copied: Path) -> None:
    test, file = one.test
    for where, closed, opened in one.opened:
        path = copied / where
        path.write_text(path.read_text(encoding="utf-8").replace(closed, opened), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "-k", test, file]
    environ = {**os.environ, "PYTHONPATH": str(copied.parent)}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == FAILED, done.stdout + done.stderr
    assert re.search(rf"^FAILED .*::{test}\b", done.stdout, re.MULTILINE), done.stdout
