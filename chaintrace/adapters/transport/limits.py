"""How long, how much and how often: the limits of the door, and the token bucket of each host."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from chaintrace.adapters.transport.request import Request
from chaintrace.adapters.transport.timing import Timing


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, tries and bytes.

    `connect` and `read` are for one wait on the socket; `deadline` ends one try, however busily it drips; `total` is
    the time after which no further try begins. `first_wait` doubles with each try up to `longest_wait`, which is also
    the longest `Retry-After` that is obeyed. `size` is in decoded bytes.
    """

    connect: float = 10
    read: float = 30
    deadline: float = 90
    total: float = 300
    tries: int = 5
    first_wait: float = 0.5
    longest_wait: float = 60
    size: int = 64 << 20
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a second on average, `burst` of them at once."""

    per_second: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Rates:
    """The rate of each host: `hosts` first, then by whose it is. None is no limit."""

    public: Rate | None = Rate(4, 8)
    own: Rate | None = None
    hosts: Mapping[str, Rate | None] = field(default_factory=dict)

    def of(self, request: Request) -> Rate | None:
        """The rate for the host of a request."""
        if request.host in self.hosts:
            return self.hosts[request.host]
        return self.own if request.reach == "own" else self.public


class Buckets:
    """One token bucket a host, shared by all threads. A host that asks us to wait makes all of them wait."""

    def __init__(self, rates: Rates, timing: Timing) -> None:
        self._rates = rates
        self._timing = timing
        self._full_at: dict[str, float] = {}
        self._lock = Lock()

    def wait(self, request: Request) -> None:
        """Return when the host may be asked."""
        rate = self._rates.of(request)
        with self._lock:
            now = self._timing.monotonic()
            full_at = self._full_at.get(request.host)
            if rate is None:
                pause = 0 if full_at is None else full_at - now
            else:
                interval = 1 / rate.per_second
                full_at = max(now, full_at or now) + interval
                self._full_at[request.host] = full_at
                pause = full_at - rate.burst * interval - now
        if pause > 0:
            self._timing.sleep(pause)

    def pause(self, request: Request, seconds: float) -> None:
        """Nobody asks that host for so many seconds; afterwards it is asked evenly, without a burst."""
        rate = self._rates.of(request)
        with self._lock:
            burst = 0 if rate is None else (rate.burst - 1) / rate.per_second
            until = self._timing.monotonic() + seconds + burst
            self._full_at[request.host] = max(until, self._full_at.get(request.host, until))
