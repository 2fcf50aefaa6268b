"""The events that move value, and the one that allows it: the signature of each, and its topic.

A test computes every topic from its signature.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TRANSFER: Final = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""EIP-20 and EIP-721. Which arguments are indexed is not part of the signature."""
TRANSFER_SINGLE: Final = "0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62"
TRANSFER_BATCH: Final = "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb"
"""EIP-1155."""
DEPOSIT: Final = "0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c"
WITHDRAWAL: Final = "0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65"
"""WETH9. Gauges and vaults log the same signature, so it counts only at a wrapper that chains.toml names."""
MINT: Final = "0x0f6798a560793a54c3bcfe86a93cde1e73087d944c0ea20544137d4121396885"
WITHDRAWN: Final = "0x2717ead6b9200dd235aad468c9809ea400fe33ac69b5bfaa6d3e90fc922b6398"
WITHDRAWN_WITH: Final = "0xc405fe8958410bbaf0c73b7a0c3e20859e86ca168a4c9b0def9c54d2555a306b"
"""zkSync Era's L2BaseToken: it makes the native asset, and destroys what is withdrawn to Ethereum. They count at the
coin that chains.toml names (`coins.py`)."""
DESTROYED: Final = "0x61e6e66b0d6339b2980aecc6ccc0039736791f0ccde9ed512e789a7fbdd698c6"
"""TetherToken `destroyBlackFunds(address)`: `balances[_blackListedUser] = 0`, and no Transfer is logged."""
ISSUE: Final = "0xcb8241adb0c3fdb35b70c24ce35c5eb0c17af7431c99f827d44a445ca624176a"
REDEEM: Final = "0x702d5967f45f6513a38ffc42d6ba9bf230bd40e8f53b16363c7eb4fd2deb9a44"
"""TetherToken `issue(uint256)` and `redeem(uint256)`: one administrator may call both, both change the balance of that
account, and no Transfer is logged."""
APPROVAL: Final = "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925"
"""EIP-20, and with all arguments indexed EIP-721. It moves nothing (`approvals.py`)."""

SIGNATURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        TRANSFER: "Transfer(address,address,uint256)",
        TRANSFER_SINGLE: "TransferSingle(address,address,address,uint256,uint256)",
        TRANSFER_BATCH: "TransferBatch(address,address,address,uint256[],uint256[])",
        DEPOSIT: "Deposit(address,uint256)",
        WITHDRAWAL: "Withdrawal(address,uint256)",
        MINT: "Mint(address,uint256)",
        WITHDRAWN: "Withdrawal(address,address,uint256)",
        WITHDRAWN_WITH: "WithdrawalWithMessage(address,address,uint256,bytes)",
        DESTROYED: "DestroyedBlackFunds(address,uint256)",
        ISSUE: "Issue(uint256)",
        REDEEM: "Redeem(uint256)",
        APPROVAL: "Approval(address,address,uint256)",
    }
)
"""Topic to signature."""

SELECTORS: Final[Mapping[str, bytes]] = MappingProxyType(
    {ISSUE: bytes.fromhex("cc872b66"), REDEEM: bytes.fromhex("db006a75")}
)
"""Of the events that do not say whose balance changes: the first four bytes of the call that logs them."""
