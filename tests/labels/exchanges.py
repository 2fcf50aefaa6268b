"""Who is who among exchanges: ids of the public actor pack of GraphSense, and how a person calls them.

Where that pack has no id, the slug of the list stands for it.
"""

from __future__ import annotations

MAJORS = {
    "bing-cex": "bingx", "binance-us": "binanceus", "bitbank": "bitbank", "bitfinex": "bitfinex", "bitget": "bitget",
    "bitmex": "bitmex", "bitvavo": "bitvavo", "cex-io": "cexio", "coinex": "coinex", "crypto-com": "cryptocom",
    "deribit": "deribit", "gate-io": "gate", "gate-us": "gate", "gemini": "gemini", "hashkey": "hashkey",
    "hashkey-exchange": "hashkey", "huobi": "huobi", "kraken": "kraken", "kucoin": "kucoin", "mexc-cex": "mxc",
    "okcoin": "okcoin", "okex": "okex", "phemex": "phemex", "poloniex-cex": "poloniex",
}  # fmt: skip
"""Exchanges whose wallets are taken on every traced chain: DefiLlama's slug to the actor. On TRON all are taken."""

ON_TRON = {
    "bitkub-cex": "bitkub", "bitrue-cex": "bitrue", "osl-hk": "osl", "TradeOgre": "tradeogre", "woo-cex": "woo",
}  # fmt: skip
"""Further slugs that are not their actor's id."""

RESERVE_PAGES = (
    "https://www.binance.com/en/blog/community/our-commitment", "https://www.huobi.com/support/",
    "https://www.kucoin.com/blog/transparency-and-trust", "https://twitter.com/okx/",
    "https://github.com/bitfinexcom/pub/", "https://insights.deribit.com/", "https://twitter.com/kris/",
    "https://blog.bybit.com/", "https://www.bybithelp.com/",
)  # fmt: skip
"""Pages on which exchanges, or those who speak for them, name their own wallets."""

EXPLORER_TAGS = ("https://etherscan.io/accounts/label/", "https://bitinfocharts.com/")
"""Pages of explorers whose labels are taken for exchanges, graded as claims."""

EXCHANGES: dict[str, str] = {
    "bhex": "BHEX",
    "biconomy-cex": "biconomy-cex",
    "bigone": "BigONE",
    "binance": "Binance",
    "binanceus": "Binance US",
    "bingx": "BingX",
    "bitbank": "Bitbank",
    "bitcoinfog": "Bitcoin Fog",
    "bitfinex": "Bitfinex",
    "bitflyer": "Bitflyer",
    "bitget": "Bitget",
    "bithumb": "Bithumb",
    "bitkan": "BitKan",
    "bitkub": "Bitkub",
    "bitlo": "Bitlo",
    "bitmart": "BitMart",
    "bitmax": "AscendEX",
    "bitmex": "BitMEX",
    "bitrue": "Bitrue",
    "bitstamp": "Bitstamp",
    "bittrex": "Bittrex",
    "bitunix": "Bitunix",
    "bitvavo": "Bitvavo",
    "bitvenus": "BitVenus",
    "blenderio": "Blender.io",
    "blofin": "BloFin",
    "btcturk": "BtcTurk",
    "bybit": "Bybit",
    "cexio": "CEX.IO",
    "circle": "Circle",
    "coin8": "coin8",
    "coinbase": "Coinbase",
    "coincheck": "Coincheck",
    "coindcx": "CoinDCX",
    "coinex": "CoinEx",
    "coinstore": "Coinstore",
    "coinw": "CoinW",
    "cryptocom": "Crypto.com",
    "deribit": "Deribit",
    "exmo": "EXMO",
    "fastex": "Fastex",
    "flipster": "Flipster",
    "ftx": "FTX",
    "gate": "Gate",
    "gemini": "Gemini",
    "hashkey": "HashKey Exchange",
    "helixmixer": "Helix",
    "hibt": "HiBT",
    "hitbtc": "HitBTC",
    "hotbit": "Hotbit",
    "hotcoin": "Hotcoin",
    "huobi": "Huobi",
    "hydramarket": "Hydra Market",
    "indodax": "Indodax",
    "klever-exchange": "klever-exchange",
    "korbit": "Korbit",
    "kraken": "Kraken",
    "kucoin": "KuCoin",
    "kuna": "Kuna",
    "latoken": "Latoken",
    "lbank": "LBank",
    "liquid": "Liquid",
    "maskex": "MaskEX",
    "mxc": "MEXC",
    "nonkyc": "Nonkyc.io",
    "okcoin": "Okcoin",
    "okex": "OKX",
    "osl": "OSL",
    "ourbit": "Ourbit",
    "paribu": "Paribu",
    "paxos": "Paxos",
    "phemex": "Phemex",
    "pionex": "Pionex",
    "poloniex": "Poloniex",
    "probit": "ProBit",
    "sclite": "sclite",
    "shapeshift": "ShapeShift",
    "sideshift": "SideShift",
    "sinbadio": "Sinbad.io",
    "swissborg": "SwissBorg",
    "tether": "Tether",
    "tornado": "Tornado Cash",
    "tothemoon": "tothemoon",
    "tradeogre": "TradeOgre",
    "upbit": "Upbit",
    "valr": "Valr",
    "webot": "webot",
    "weex": "WEEX",
    "whitebit": "WhiteBIT",
    "woo": "WOO X",
    "xapo": "Xapo",
    "zaif": "Zaif",
    "zoomex": "Zoomex",
}
"""What a person calls an actor of the core."""
