"""Contracts of the core: each address that two sources name, with the second of them.

The first source of a bridge is the CC0 set in the shared data. The second was read in 2026-11: a configuration of
github.com/lifinance/contracts, of github.com/wormhole-foundation/wormhole-sdk-ts, or a transaction that
github.com/rotki/test-caching keeps with its receipt, in which the contract takes part.
"""

from __future__ import annotations

LIFI = "github.com/lifinance/contracts config/"
ROTKI = "github.com/rotki/test-caching, receipt of "
WORMHOLE = "github.com/wormhole-foundation/wormhole-sdk-ts core/base/src/constants/contracts/tokenBridge.ts"

BRIDGES: dict[tuple[str, str], tuple[str, str, str]] = {
    ("ethereum", "0xbd3fa81b58ba92a82136038b25adec7066af3155"): (
        "Circle CCTP: TokenMessenger", "circle",
        f"{ROTKI}0xac7bb45701a4311a2c662377a4764ac694a8f6438270c1ee8a4100d4a000a511",
    ),
    ("ethereum", "0x5c7bcd6e7de5423a257d81b442095a1a6ced35c5"): ("Across: SpokePool", "across", f"{LIFI}across.json"),
    ("ethereum", "0x88ad09518695c6c3712ac10a214be5109a655671"): ("Gnosis Omnibridge", "gnosis", f"{LIFI}omni.json"),
    ("ethereum", "0xa0c68c638235ee32657e8f720a23cec1bfc77c77"): (
        "Polygon PoS bridge: RootChainManager", "polygon", f"{LIFI}polygon.json",
    ),
    ("ethereum", "0x40ec5b33f54e0e8a33a975908c5ba1c14e5bbbdf"): (
        "Polygon PoS bridge: ERC20Predicate", "polygon", f"{LIFI}polygon.json",
    ),
    ("ethereum", "0x4dbd4fc535ac27206064b68ffcf827b0a60bab3f"): (
        "Arbitrum One bridge: Inbox", "arbitrum", f"{LIFI}arbitrum.json",
    ),
    ("ethereum", "0x99c9fc46f92e8a1c0dec1b1747d010903e884be1"): (
        "OP Mainnet bridge: L1StandardBridge", "optimism", f"{LIFI}optimism.json",
    ),
    ("ethereum", "0x3154cf16ccdb4c6d922629664174b904d80f2c35"): (
        "Base bridge: L1StandardBridge", "base",
        f"{ROTKI}0x2d047f0b7a0f2052791359ef82eab317b6d6a685a3c24614f51e8775f4b60ef4",
    ),
    ("ethereum", "0xf8b1378579659d8f7ee5f3c929c2f3e332e41fd6"): (
        "Scroll bridge: L1GatewayRouter", "scroll",
        f"{ROTKI}0xd80e6894bce182c2976bb9fa64e162f1757a087057b00638b43fe0c5154cf1a6",
    ),
    ("ethereum", "0x5427fefa711eff984124bfbb1ab6fbf5e3da1820"): ("Celer cBridge", "celer", f"{LIFI}cbridge.json"),
    ("bsc", "0xdd90e5e87a2081dcf0391920868ebc2ffb81a1af"): ("Celer cBridge", "celer", f"{LIFI}cbridge.json"),
    ("ethereum", "0x3ee18b2214aff97000d974cf647e7c347e8fa585"): ("Wormhole: token bridge", "wormhole", WORMHOLE),
    ("bsc", "0xb6f6d86a8f9879a9c87f643768d9efc38c1da6e7"): ("Wormhole: token bridge", "wormhole", WORMHOLE),
    ("ethereum", "0xef4fb24ad0916217251f553c0596f8edc630eb66"): (
        "deBridge: DLN source", "debridge", f"{LIFI}debridgedln.json",
    ),
    ("ethereum", "0xd37bbe5744d730a1d98d8dc97c42f0ca46ad7146"): (
        "THORChain: router", "thorchain", f"{LIFI}thorswap.json",
    ),
    ("ethereum", "0xce16f69375520ab01377ce7b88f5ba8c48f8d666"): ("Squid: router", "squid", f"{LIFI}squid.json"),
    ("bsc", "0xce16f69375520ab01377ce7b88f5ba8c48f8d666"): ("Squid: router", "squid", f"{LIFI}squid.json"),
    ("ethereum", "0x337685fdab40d39bd02028545a4ffa7d287cc3e2"): ("Mayan: forwarder", "mayan", f"{LIFI}mayan.json"),
    ("bsc", "0x337685fdab40d39bd02028545a4ffa7d287cc3e2"): ("Mayan: forwarder", "mayan", f"{LIFI}mayan.json"),
    ("ethereum", "0x609c690e8f7d68a59885c9132e812eebdaaf0c9e"): (
        "Allbridge Core: bridge", "allbridge", f"{LIFI}allbridge.json",
    ),
    ("bsc", "0x3c4fa639c8d7e65c603145adad8bd12f2358312f"): (
        "Allbridge Core: bridge", "allbridge", f"{LIFI}allbridge.json",
    ),
}  # fmt: skip
"""(chain, address) to label, actor, and the second source."""

RAILGUN: dict[tuple[str, str], str] = {
    ("ethereum", "0xfa7093cdd9ee6932b4eb2c9e1cde7ce00b1fa4b9"): "recupero labels, mixers.json",
    ("bsc", "0x590162bf4b50f6576a459b75309ee21d92178a10"): "recupero labels, mixers.json",
}
"""RAILGUN's proxies: the CC0 set; several public clients configure the same two addresses (read in 2026-11)."""

ISSUERS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"): (
        "Tether: USDT contract", "tether", "https://tether.to/en/supported-protocols/",
    ),
    ("ethereum", "0xdac17f958d2ee523a2206206994597c13d831ec7"): (
        "Tether: USDT contract", "tether", "https://tether.to/en/supported-protocols/",
    ),
    ("ethereum", "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"): (
        "Circle: USDC contract", "circle", "https://developers.circle.com/stablecoins/usdc-contract-addresses",
    ),
    ("ethereum", "0x45804880de22913dafe09f4980848ece6ecbaf78"): (
        "Paxos: PAXG contract", "paxos", "https://github.com/paxosglobal/paxos-gold-contract",
    ),
}  # fmt: skip
"""Contracts of issuers, as data/issuers.toml names them; value that is sent to one lies with the issuer."""

# Chain number and pool to address: github.com/tornadocash/tornado-cli, config.js, commit 1f42c33e.
TORNADO_CLI: dict[tuple[str, str], str] = {
    ("1", "0.1 ETH"): "0x12d66f87a04a9e220743712ce6d9bb1b5616b8fc",
    ("1", "1 ETH"): "0x47ce0c6ed5b0ce3d3a51fdb1c52dc66a7c3c2936",
    ("1", "10 ETH"): "0x910cbd523d972eb0a6f4cae4618ad62622b39dbf",
    ("1", "100 ETH"): "0xa160cdab225685da1d56aa342ad8841c3b53f291",
    ("1", "100 DAI"): "0xd4b88df4d29f5cedd6857912842cff3b20c8cfa3",
    ("1", "1000 DAI"): "0xfd8610d20aa15b7b2e3be39b396a1bc3516c7144",
    ("1", "10000 DAI"): "0x07687e702b410fa43f4cb4af7fa097918ffd2730",
    ("1", "100000 DAI"): "0x23773e65ed146a459791799d01336db287f25334",
    ("1", "5000 cDAI"): "0x22aaa7720ddd5388a3c0a3333430953c68f1849b",
    ("1", "50000 cDAI"): "0x03893a7c7463ae47d46bc7f091665f1893656003",
    ("1", "500000 cDAI"): "0x2717c5e28cf931547b621a5dddb772ab6a35b701",
    ("1", "5000000 cDAI"): "0xd21be7248e0197ee08e0c20d4a96debdac3d20af",
    ("1", "100 USDC"): "0xd96f2b1c14db8458374d9aca76e26c3d18364307",
    ("1", "1000 USDC"): "0x4736dcf1b7a3d580672cce6e7c65cd5cc9cfba9d",
    ("1", "100 USDT"): "0x169ad27a470d064dede56a2d3ff727986b15d52b",
    ("1", "1000 USDT"): "0x0836222f2b2b24a3f36f98668ed8f0b38d1a872f",
    ("1", "0.1 WBTC"): "0x178169b423a011fff22b9e3f3abea13414ddd0f1",
    ("1", "1 WBTC"): "0x610b717796ad172b316836ac95a2ffad065ceab4",
    ("1", "10 WBTC"): "0xbb93e510bbcd0b7beb5a853875f9ec60275cf498",
    ("56", "0.1 BNB"): "0x84443cfd09a48af6ef360c6976c5392ac5023a1f",
    ("56", "1 BNB"): "0xd47438c816c9e7f2e2888e060936a499af9582b3",
    ("56", "10 BNB"): "0x330bdfade01ee9bf63c209ee33102dd334618e0a",
    ("56", "100 BNB"): "0x1e34a77868e19a6647b1f2f47b51ed72dede95dd",
}
