"""What every test may ask for: the folders, a run without sockets, a page in a browser, how hard hypothesis tries."""

from __future__ import annotations

import faulthandler
import gc
import os
import shutil
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from tests.nodes.fixtures import (  # noqa: F401  # asked for by name, as fixtures
    anvil,
    anvil_program,
    bcoin,
    electrumx,
    evm_told,
    node_programs,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The last five keep a fresh profile from asking its maker's servers for anything.
BROWSER_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

RECURSION = 1_000
HANGS = 180
"""Seconds after which a test that does not come back shows where every thread stands."""
ANEW = 30
"""Seconds between two settings of that watch: to set it waits for a thread, which a busy machine makes slow."""
GARBAGE = 50_000
"""Objects that are made before Python looks for circles among them: few are in any, and every look takes time."""

# The same examples in every run; `make soak` tries more, from a seed that it is given.
settings.register_profile("default", derandomize=True, deadline=None, max_examples=60)
settings.register_profile(
    "soak",
    deadline=None,
    max_examples=5_000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("default")


def absent(what: str, remedy: str) -> NoReturn:
    """Skip the test because `what` is missing here; under CI=true nothing may be missing, so it fails."""
    message = f"{what} is not here: {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the fixture `page`, or for a real node, bears the mark that says so."""
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "page" in asked:
            item.add_marker(pytest.mark.page)
        if "node_programs" in asked or "anvil_program" in asked:
            item.add_marker(pytest.mark.nodes)


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: who looks for garbage need not look through it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores for us: while one waits for a node, a browser or a disk, another works."""
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return ours + 1


class Watch:
    """Shows on stderr where every thread stands when no test has ended for a long time."""

    def __init__(self) -> None:
        self._stderr = os.dup(2)  # a test's own is captured
        self._set = float("-inf")

    def pytest_runtest_setup(self) -> None:
        """Wait from now on, where that was said too long ago."""
        now = time.monotonic()
        if now - self._set > ANEW:
            faulthandler.dump_traceback_later(HANGS + ANEW, file=self._stderr)
            self._set = now

    def pytest_unconfigure(self) -> None:
        """No test runs any more."""
        faulthandler.cancel_dump_traceback_later()
        os.close(self._stderr)


def pytest_configure(config: pytest.Config) -> None:
    """Watch over the tests of this process, but for those that are meant to be long."""
    if config.getoption("markexpr") != "soak":
        config.pluginmanager.register(Watch())


def pytest_runtest_setup() -> None:
    """Python's own limit, whatever a library that an earlier test loaded has made of it (one under web3 raises it)."""
    if sys.getrecursionlimit() > RECURSION:
        sys.setrecursionlimit(RECURSION)


OURS = ("log.jsonl", "store.sqlite", "cases.sqlite", "tags.sqlite", "report/", "archive/", "freeze/", "evidence/")
"""Files and folders that chaintrace writes, wherever a test lets it."""


@pytest.fixture(scope="session", autouse=True)
def no_secret_was_written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """When the tests have ended, no file that chaintrace wrote for them holds one of their private keys or phrases."""
    yield
    from tests.chaintrace.secret_samples import CANARIES

    folder = tmp_path_factory.getbasetemp()
    written = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    ours = (path for path in written if any(f"/{name}" in path.as_posix() for name in OURS))
    contents = ((path, path.read_bytes()) for path in ours)
    assert [path for path, content in contents if any(secret in content for secret in CANARIES)] == []


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder `data/` of the checkout: labels, protocols, cases, vectors."""
    return ROOT / "data"


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder `data/vectors/` of the checkout."""
    return ROOT / "data" / "vectors"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `../shared` with the large real data, which does not ship."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        absent("../shared", "put the folder of real chain data beside the checkout")
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_network_only() -> Iterator[None]:
    """No test asks a public service, whatever a command would do by itself."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CHAINTRACE_NETWORK", "own")
        for name in ("CHAINTRACE_PROXY", "CHAINTRACE_CA_FILE"):
            patched.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def power_that_stays_on() -> Iterator[None]:
    """No test waits until the machine has written to its disk whatever all others left to be written."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "sync", lambda: None, raising=False)
        yield


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on, whoever opens a socket or looks up a name in this process fails the test."""

    def refuse(*args: object, **_: object) -> NoReturn:
        pytest.fail(f"a socket was asked for: {args[1:]!r}")

    monkeypatch.setattr(socket.socket, "__init__", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system; one for each test file, closed after it."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        absent("Chromium", "run `make system` as root")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page that has no network; an error in the page's own code fails the test."""
    context = browser.new_context(offline=True)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
