"""HTTP over real sockets: deadlines that end every drip, nothing from the environment, TLS, and proxies."""

from __future__ import annotations

import gzip
import shutil
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chaintrace.adapters.transport import Request
from chaintrace.errors import InputError, Malformed, Refused, Unavailable
from tests.conftest import absent
from tests.hostile.doors import QUICK, quick_door
from tests.hostile.server import Given, HostileServer
from tests.hostile.sockets import Connect, Socks, certificate, drip, listening

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ONCE = replace(QUICK, tries=1)


def get(url: str) -> Request:
    return Request("esplora", url)


class Crowd:
    """How many ask at a time, and over how many connections in all."""

    def __init__(self):
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def __call__(self, asked):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.01)
        with self.lock:
            self.now -= 1
        return Given(asked.path.encode())


def test_many_threads_share_the_connections_of_a_door(tmp_path):
    crowd = Crowd()
    with HostileServer(crowd) as server, quick_door(tmp_path, connections=3) as door, ThreadPoolExecutor(12) as pool:
        urls = [f"{server.url}/{number}" for number in range(60)]
        assert [one.content.decode() for one in pool.map(lambda url: door.ask(get(url)), urls)] == [
            f"/{number}" for number in range(60)
        ]
        lines = len(door._wires._by_scheme["http"]._free)
    assert crowd.most == 3
    assert lines == 3


@pytest.fixture
def ambient(monkeypatch, tmp_path):
    """An environment that would send everything elsewhere, and log in."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login ambient password ambient\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nothing.pem"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


@pytest.mark.usefixtures("ambient")
def test_nothing_is_taken_from_the_environment_and_nothing_is_remembered(tmp_path):
    with (
        HostileServer(lambda _: Given(b"1", headers=(("Set-Cookie", "id=7"),))) as server,
        quick_door(tmp_path) as door,
    ):
        door.ask(get(server.url + "/a"))
        door.ask(get(server.url + "/b"))
        headers = server.asked[1].headers
    assert not {"authorization", "cookie", "referer"} & headers.keys()
    assert "chaintrace" not in repr(server.asked).lower()
    assert headers["user-agent"] == "python-requests"


@pytest.mark.parametrize(
    "content",
    [
        ANSWER,
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1_000,
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["status line", "body", "chunk", "header", "no length"],
)
def test_a_drip_ends_at_the_deadline_wherever_it_drips(tmp_path, content):
    head = content.find(b"\r\n\r\n") if content != ANSWER else -1
    patience = replace(ONCE, deadline=0.5)

    def talk(sock, stopping):
        quick = content[: head + 4] if head > 0 else b""
        sock.sendall(quick)
        drip(content[len(quick) :])(sock, stopping)

    with listening(talk) as host, quick_door(tmp_path, patience=patience) as door:
        start = time.monotonic()
        with pytest.raises(Unavailable, match="had not finished its answer at the deadline"):
            door.ask(get(f"http://{host}/"))
        assert 0.4 < time.monotonic() - start < 10  # the rest drips for ever; a busy machine is late


def test_an_answer_is_unpacked_and_measured_unpacked(tmp_path):
    packed = Given(gzip.compress(b"x" * QUICK.size), headers=(("Content-Encoding", "gzip"),))
    with HostileServer(lambda _: packed) as server, quick_door(tmp_path) as door:
        assert door.ask(get(server.url)).content == b"x" * QUICK.size
        with pytest.raises(Malformed, match="more than the 1,048,575 bytes"):
            door.ask(replace(get(server.url), size_limit=QUICK.size - 1))


def test_what_cannot_be_unpacked_is_malformed(tmp_path):
    packed = Given(b"not gzip at all", headers=(("Content-Encoding", "gzip"),))
    unpacked = pytest.raises(Malformed, match="cannot be unpacked")
    with HostileServer(lambda _: packed) as server, quick_door(tmp_path) as door, unpacked:
        door.ask(get(server.url))


def test_after_each_failure_the_next_question_is_answered(tmp_path):
    with HostileServer(lambda asked: Given(asked.path.encode())) as server, quick_door(tmp_path) as door:
        for number, fault in enumerate(("half a body", "reset", "500", "429", "drip", "time-out")):
            server.fault(fault, times=1)
            assert door.ask(get(f"{server.url}/{number}")).content == f"/{number}".encode()


def test_threads_get_each_their_own_answer(tmp_path):
    with HostileServer(lambda asked: Given(asked.path.encode())) as server, quick_door(tmp_path) as door:
        urls = [f"{server.url}/{number}" for number in range(400)]
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda url: door.ask(get(url)).content, urls))
        assert answers == [f"/{number}".encode() for number in range(400)]


@pytest.mark.parametrize("url", ["http://", "http://[::1", "tcp://[x", "http://a b/", "http://127.0.0.1:99999/"])
def test_a_url_that_is_none_is_refused(tmp_path, url):
    with quick_door(tmp_path) as door, pytest.raises((Refused, Unavailable)):
        door.ask(get(url))


def web(sock, _stopping):
    """Three answers on one connection."""
    for _ in range(3):
        if sock.recv(65_536):
            sock.sendall(ANSWER)


@pytest.fixture
def secure(tmp_path):
    """A certificate for the loopback, and a server's context that has it."""
    if shutil.which("openssl") is None:
        absent("openssl", "install it")
    cert, key = certificate(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def test_tls_goes_through_an_http_proxy_that_sees_the_host_only(tmp_path, secure):
    cert, context = secure
    proxy = Connect()
    with (
        listening(web, context) as host,
        listening(proxy) as through,
        quick_door(tmp_path / "archive", proxy=f"http://u:pw@{through}", ca_file=cert) as door,
    ):
        assert [door.ask(get(f"https://{host}/{name}")).content for name in "ab"] == [b"ok", b"ok"]
    (head,) = proxy.heads
    assert head.startswith(f"CONNECT {host} ".encode())
    assert b"Proxy-Authorization: Basic" in head


def test_tls_goes_through_socks_and_is_still_verified(tmp_path, secure):
    cert, context = secure
    with listening(web, context) as host:
        socks = Socks(host)
        with (
            listening(socks) as through,
            quick_door(tmp_path / "archive", proxy=f"socks5://{through}", ca_file=cert, patience=ONCE) as door,
        ):
            assert door.ask(get("https://127.0.0.1/a")).content == b"ok"
            with pytest.raises(Refused, match=r"^api\.example shows a certificate that does not hold"):
                door.ask(get("https://api.example/a"))
    assert socks.wanted == [("127.0.0.1", 443), ("api.example", 443)]


def test_tls_is_verified_and_a_certificate_of_ones_own_can_be_named(tmp_path):
    if shutil.which("openssl") is None:
        absent("openssl", "install it")
    certificates = {name: certificate(tmp_path, name) for name in ("127.0.0.1", "other.example")}

    def talk(sock, _stopping):
        sock.recv(65_536)
        sock.sendall(ANSWER)

    for name, (cert, key) in certificates.items():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        for trusted in (None, cert):
            with (
                listening(talk, context) as host,
                quick_door(tmp_path / name / str(trusted is None), ca_file=trusted, patience=ONCE) as door,
            ):
                if name == "127.0.0.1" and trusted:
                    assert door.ask(get(f"https://{host}/")).content == b"ok"
                    continue
                with pytest.raises(Refused, match="shows a certificate that does not hold for it"):
                    door.ask(get(f"https://{host}/"))


def test_a_certificate_of_ones_own_is_trusted_besides_the_usual_ones(tmp_path, secure, monkeypatch):
    usual, context = secure
    folder = tmp_path / "own"
    folder.mkdir()
    own, key = certificate(folder, "127.0.0.1")
    mine = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    mine.load_cert_chain(own, key)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(usual))
    with (
        listening(web, context) as public,
        listening(web, mine) as node,
        quick_door(tmp_path / "archive", ca_file=own) as door,
    ):
        assert [door.ask(get(f"https://{host}/a")).content for host in (public, node)] == [b"ok", b"ok"]


def test_what_does_not_speak_tls_is_unavailable(tmp_path):
    silent = pytest.raises(Unavailable, match="does not speak TLS")
    with HostileServer(lambda _: Given()) as server, quick_door(tmp_path, patience=ONCE) as door, silent:
        door.ask(get(f"https://{server.host}/"))


def test_socks_is_given_the_name_and_looks_it_up_itself(tmp_path):
    with HostileServer(lambda _: Given(b"1")) as server:
        socks = Socks(server.host, user="circuit")
        with listening(socks) as host, quick_door(tmp_path, proxy=f"socks5://circuit:seven@{host}") as door:
            assert door.ask(get("http://abc.onion:81/x")).content == b"1"
            assert door.ask(get("http://abc.onion:81/y")).content == b"1"
    assert socks.wanted == [("abc.onion", 81)]
    assert socks.logins == ["circuit:seven"]
    assert server.asked[0].headers["host"] == "abc.onion:81"


@pytest.mark.parametrize("reply", [1, 5, 9])
def test_what_socks_cannot_reach_is_unavailable_with_the_proxy_named(tmp_path, reply):
    reason = {1: "it failed", 5: "the host refused the connection", 9: "it does not say why"}[reply]
    with (
        listening(Socks("", reply=reply)) as host,
        quick_door(tmp_path, proxy=f"socks5://{host}", patience=ONCE) as door,
        pytest.raises(Unavailable, match=rf"^abc\.onion is not reached through socks5://{host}: .*{reason}"),
    ):
        door.ask(get("http://abc.onion/x"))


def test_an_http_proxy_is_asked_for_the_whole_url(tmp_path):
    with HostileServer(lambda _: Given(b"1")) as server, quick_door(tmp_path, proxy=server.url) as door:
        assert door.ask(get("http://api.example/x?y=1")).content == b"1"
        assert server.asked[0].path == "http://api.example/x?y=1"


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_proxy_that_is_not_there_is_named_without_its_password(tmp_path, kind):
    said = rf"api\.example is not reached through {kind}://127\.0\.0\.1:9: is the proxy running\?"
    with (
        quick_door(tmp_path, proxy=f"{kind}://user:hidden@127.0.0.1:9", patience=ONCE) as door,
        pytest.raises(Unavailable, match=said) as no,
    ):
        door.ask(get("http://api.example/x"))
    assert "hidden" not in str(no.value)


@pytest.mark.parametrize("proxy", ["127.0.0.1:9050", "socks4://127.0.0.1:9050", "socks5://host", "http://host:x"])
def test_a_proxy_that_cannot_be_one_is_bad_input(tmp_path, proxy):
    with pytest.raises(InputError, match="the proxy is not understood: write it as"), quick_door(tmp_path, proxy=proxy):
        pass
