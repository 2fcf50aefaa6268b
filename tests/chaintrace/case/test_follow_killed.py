"""A follow that is killed at any moment and started again loses nothing and asks nothing twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from chaintrace.case.explore import BATCH
from chaintrace.store import Network, SqliteStore
from chaintrace.store.answers import question_text
from tests.chaintrace.case import killed_run
from tests.soak.progress import SEED, Progress, tell

ROOT = Path(__file__).resolve().parents[3]
FOLLOWS, CHUNK = 200, 10
MOST_KILLS = 12
NETWORK = Network("bitcoin", "esplora", "fake")


class Killed(BaseException):
    """The process ends here."""


class Mortal(SqliteStore):
    """A store in whose writing the process may end: before a write, in the midst of one, or right after it."""

    moment, left = "", 0

    def tell(self, answers):
        if self._dies("within"):
            super().tell(self._broken(answers))
        self._written(super().tell, answers)

    def pin(self, *given):
        return self._written(super().pin, *given)

    def end(self, *given, **more):
        return self._written(super().end, *given, **more)

    def confirm(self, *given):
        return self._written(super().confirm, *given)

    def mark(self, *given, **more):
        return self._written(super().mark, *given, **more)

    def _written(self, write, *given, **more):
        if self._dies("before"):
            raise Killed
        made = write(*given, **more)
        if self._dies("after"):
            raise Killed
        Mortal.left -= 1
        return made

    @staticmethod
    def _dies(moment):
        return Mortal.moment == moment and Mortal.left <= 0

    @staticmethod
    def _broken(answers):
        yield from answers[: len(answers) // 2]
        raise Killed


def stored(folder):
    """The questions that the store holds as answered, under the newest pin."""
    store = SqliteStore(folder / "store.sqlite")
    heard = store.facts([], networks=[NETWORK]).heard
    store.close()
    pins = [pin.tip.hash for pin in heard.pins.values() if pin.is_open]
    return {f"{question_text(question)} @ {name}" for question in heard.questions for name in pins}


def differences(number, folder, monkeypatch):
    """Kill a follow inside the process again and again, every other time while its chain is re-organised too.

    What the end differs in, and what was asked twice.
    """
    rng = random.Random(number)
    folder.mkdir()
    monkeypatch.setattr(killed_run, "SqliteStore", Mortal)
    before = killed_run.ledger(number)
    after = killed_run.ledger(number, forks_at=before.end - rng.randint(0, 4)) if number % 2 else before
    forks_after = rng.randint(0, 12) if number % 2 else -1
    found, kills, runs = None, 0, 0
    while found is None or runs <= forks_after:
        held, put = stored(folder), len(killed_run.lines(folder / "put.log"))
        Mortal.moment = rng.choice(["", "before", "within", "after"]) if kills < MOST_KILLS else ""
        Mortal.left = rng.choice([0, 1, 1, 2, 3, 5])
        source = killed_run.Recorded(after if runs > forks_after >= 0 else before, folder)
        source.failing = fatal(rng, source, after if runs == forks_after else None, kills)
        runs += 1
        try:
            found = killed_run.run(folder, number, source=source)
        except Killed:
            found, kills = None, kills + 1
        again = held & set(killed_run.lines(folder / "put.log")[put:])
        if again:
            return [f"{number}: {len(again)} stored questions were put again"]
    assert kills >= 1
    return judged(number, folder, found, kills, after)


def fatal(rng, source, forked, kills):
    """What happens at some question: the process ends, or the chain becomes another."""
    dies = rng.randint(1, 15) if not Mortal.moment and kills < MOST_KILLS else 0
    forks = rng.randint(1, 15)

    def met(_):
        if forked is not None and source.asked.total() == forks:
            source.reorganise(forked.transactions.values())
        return Killed() if source.asked.total() == dies else None

    return met


def judged(number, folder, found, kills, made):
    """What the last run found against what the whole ledger says, and the questions that went out."""
    expected = killed_run.goal_of(made).traced(made)
    asked = Counter(killed_run.lines(folder / "asked.log"))
    put = Counter(killed_run.lines(folder / "put.log"))
    lines = [f"{number}: {name} differs" for name in expected if found[name] != expected[name]]
    lines += [f"{number}: {text} went out {times} times" for text, times in asked.items() if times > 1]
    if put.total() > len(put) + kills * BATCH * killed_run.WORKERS:
        lines.append(f"{number}: {put.total()} questions were put for {len(put)}, after {kills} kills")
    return lines


@pytest.mark.parametrize("number", range(6))
def test_a_follow_that_ends_in_the_midst_goes_on(tmp_path, monkeypatch, number):
    assert differences(number, tmp_path / "case", monkeypatch) == []


def kill_process(number, folder, kills):
    """Kill the process of a follow with SIGKILL at random moments, and let the last one end."""
    rng = random.Random(number)
    folder.mkdir()
    command = [sys.executable, "-m", "tests.chaintrace.case.killed_run", str(folder), str(number), "15"]
    for _ in range(kills):
        process = subprocess.Popen(command, cwd=ROOT)
        puts = len(killed_run.lines(folder / "put.log")) + rng.randint(0, 25)
        while process.poll() is None and len(killed_run.lines(folder / "put.log")) <= puts:
            time.sleep(0.002)
        time.sleep(rng.random() * 0.03)
        process.kill()
        process.wait()
    return judged(number, folder, killed_run.run(folder, number), kills, killed_run.ledger(number))


@pytest.mark.parametrize("number", [101, 102])
def test_a_process_that_is_killed_loses_nothing(tmp_path, number):
    assert kill_process(number, tmp_path / "case", 3) == []


@pytest.mark.soak
def test_follows_that_are_killed_for_long(tmp_path, monkeypatch):
    progress = Progress("follows, killed and started again")
    while progress.done < FOLLOWS:
        numbers = range(progress.done, min(FOLLOWS, progress.done + CHUNK))
        found = []
        for number in numbers:
            seed = SEED * 10**6 + number
            with monkeypatch.context() as patched:
                found += differences(seed, tmp_path / f"in{number}", patched)
            if number % 4 == 0:
                found += kill_process(seed, tmp_path / f"out{number}", 4)
        progress.keep(numbers.stop, found)
    tell(progress)
    assert progress.found == []
