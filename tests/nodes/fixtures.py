"""Fixtures of the real nodes. Every module that asks for one gets a process, and so a chain, of its own.

The story is imported where it is told: signing needs libraries that other tests do without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.nodes import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.nodes.anvil import Anvil
    from tests.nodes.evm_story import Story as EvmStory
    from tests.nodes.running import Bcoin, ElectrumX
    from tests.nodes.story import Story


@pytest.fixture(scope="session")
def node_programs() -> None:
    """Node.js with bcoin, and ElectrumX; else the test is skipped with the remedy, and fails under CI=true."""
    from tests.conftest import absent

    if lacking := running.missing():
        absent(lacking, running.REMEDY)


@pytest.fixture(scope="module")
def bcoin(node_programs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bcoin]:  # noqa: ARG001  # asked first
    """A node on regtest, with an empty chain at the start of each module."""
    with running.bcoin(tmp_path_factory.mktemp("bcoin")) as node:
        yield node


@pytest.fixture(scope="module")
def told(bcoin: Bcoin) -> Story:
    """The story, when the node has heard it to the end. Who re-organises this node's chain changes it for the module.

    A test that re-organises starts a node of its own: `with running.bcoin(folder) as node`.
    """
    from tests.nodes import story

    written = story.told()
    story.submit(written.blocks, bcoin)
    assert bcoin.tip == written.tip.hash
    return written


@pytest.fixture(scope="module")
def electrumx(bcoin: Bcoin, told: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ElectrumX]:  # noqa: ARG001  # the story comes first
    """A server of the Electrum protocol that has indexed the story."""
    with running.electrumx(tmp_path_factory.mktemp("electrumx"), bcoin) as server:
        yield server


@pytest.fixture(scope="session")
def anvil_program() -> None:
    """The Ethereum node anvil; else the test is skipped with the remedy, and fails under CI=true."""
    from tests.conftest import absent
    from tests.nodes import anvil as nodes

    if nodes.program() is None:
        absent("anvil", nodes.REMEDY)


@pytest.fixture(scope="module")
def anvil(anvil_program: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Anvil]:  # noqa: ARG001  # asked first
    """A node of a chain of accounts, with an empty chain at the start of each module."""
    from tests.nodes import anvil as nodes

    with nodes.anvil(tmp_path_factory.mktemp("anvil")) as node:
        yield node


@pytest.fixture(scope="module")
def evm_told(anvil: Anvil) -> EvmStory:
    """The story of the thefts on accounts, when the node has mined it to its end, and its books.

    A test that re-organises starts a node of its own.
    """
    from tests.nodes import evm_story

    return evm_story.told(anvil)
