"""Where prices come from: a CSV of the user's, and the candles of one exchange, asked through the transport."""

from chaintrace.adapters.prices.coinbase_exchange import CoinbaseExchange, Pair
from chaintrace.adapters.prices.csv_file import COLUMNS, priced_contracts, read_prices

__all__ = ["COLUMNS", "CoinbaseExchange", "Pair", "priced_contracts", "read_prices"]
