"""Secrets that move coins, in a text: seed phrases, private keys. They are never kept, shown or put into a log.

Investigators paste what they found. Recognised are: seed phrases (BIP-39 in the languages of its lists, Russian and
Turkish, Electrum, TON) whose checksum fits, private keys in Wallet Import Format and of BIP-38, extended private keys
(BIP-32, SLIP-132), pairs of Ed25519 as Solana's wallets write them, keystores and vaults of wallets, PEM, and 64
hexadecimal digits where the text calls them a private key or holds their address; alone they may as well be a txid.
Hidden signs, wide letters, escapes and tags between the signs do not hide one. What is recognised is a secret with near
certainty, what is not may be one all the same.
"""

from chaintrace.private_keys.finding import ADVICE, REDACTED, found, redacted, refuse, refuse_file
from chaintrace.private_keys.secret import Secret

__all__ = ["ADVICE", "REDACTED", "Secret", "found", "redacted", "refuse", "refuse_file"]
