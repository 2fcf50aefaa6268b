"""What ties a package to the world outside it: who signed it, who stamped it, and to which known blocks its own lead.

`signed` checks a signature over the tag manifest, `time_stamp` reads an authority's word of it, `stamped` walks an
OpenTimestamps proof of it, `headers` checks a chain of Bitcoin's block headers and `standing` says what it shows of one
block. No file is opened, nothing is asked and nothing executed; nothing here is shared with the program that made the
package.

Sources: RFC 8032 for Ed25519; OpenSSH's PROTOCOL.sshsig and PROTOCOL.u2f; the OpenTimestamps file format, version 1;
Bitcoin Core's `pow.cpp` for the rule of difficulty and its `kernel/chainparams.cpp` for limits and checkpoints.
"""

import base64
import hashlib
import re
import struct
from collections import namedtuple
from datetime import UTC, datetime


class Failed(Exception):
    """The bytes do not show what the package says. Its text ends a sentence."""


class Reader:
    """Bytes from the front; reading past the end is a ValueError."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        if size < 0 or self.at + size > len(self.data):
            raise ValueError("the bytes end too soon")
        self.at += size
        return self.data[self.at - size : self.at]

    def text(self):
        """A string of SSH: its length in four bytes before it."""
        return self.take(int.from_bytes(self.take(4), "big"))

    def number(self):
        """A number in seven bits a byte, the lowest first."""
        value = shift = 0
        while shift < 64:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise ValueError("a number is too long")


# --- signatures -----------------------------------------------------------------------------------------------

Q = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, Q) % Q
NAMESPACE = b"chaintrace-evidence"
PLAIN, TOUCHED = b"ssh-ed25519", b"sk-ssh-ed25519@openssh.com"


def edwards_add(one, two):
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % Q, (one[1] + one[0]) * (two[1] + two[0]) % Q
    c, d = 2 * one[3] * two[3] * D % Q, 2 * one[2] * two[2] % Q
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % Q, g * h % Q, f * g % Q, e * h % Q


def edwards_times(factor, point):
    total = (0, 1, 1, 0)
    while factor:
        total = edwards_add(total, point) if factor & 1 else total
        point, factor = edwards_add(point, point), factor >> 1
    return total


def edwards_point(data):
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & 2**255 - 1
    if y >= Q:
        raise ValueError("a point is not canonical")
    square = (y * y - 1) * pow(D * y * y + 1, -1, Q) % Q
    x = pow(square, (Q + 3) // 8, Q)
    if x * x % Q != square:
        x = x * pow(2, (Q - 1) // 4, Q) % Q
    if x * x % Q != square or (x == 0 and sign):
        raise ValueError("a point is not on the curve")
    x = Q - x if x & 1 != sign else x
    return x, y, 1, x * y % Q


def ed25519(key, message, signature):
    """Whether a signature of 64 bytes over a message was made with the secret of a public key of 32 bytes."""
    scalar = int.from_bytes(signature[32:], "little")
    if len(key) != 32 or len(signature) != 64 or scalar >= L:
        return False
    try:
        owner, nonce = edwards_point(key), edwards_point(signature[:32])
    except ValueError:
        return False
    if edwards_times(8, owner)[0] == 0:  # a key of small order, under which anybody signs anything
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    y = 4 * pow(5, -1, Q) % Q
    left = edwards_times(scalar, edwards_point(y.to_bytes(32, "little")))
    right = edwards_add(nonce, edwards_times(challenge, owner))
    return all((left[at] * right[2] - right[at] * left[2]) % Q == 0 for at in (0, 1))


def signed(public, signature, message):
    """The key that signed a message, as a sentence names it. `public` and `signature` are the texts of the two files.

    Either both are hexadecimal, or they are of OpenSSH's form. Raises Failed where the signature is not that key's.
    """
    try:
        if not public.startswith(("ssh-", "sk-")):
            key = bytes.fromhex(public.strip())
            if not ed25519(key, message, bytes.fromhex(signature.strip())):
                raise Failed("the signature over the tag manifest is not one of the key in signer.pub")
            return key.hex()
        return of_openssh(base64.b64decode(public.split()[1], validate=True), signature, message)
    except (ValueError, IndexError) as error:
        raise Failed(f"signer.pub or the signature is not of the form that it claims ({error})") from error


def of_openssh(public, signature, message):
    """The same for what `ssh-keygen -Y sign` writes: PROTOCOL.sshsig, with a key of an agent or a security key."""
    armour = signature.strip().splitlines()
    if armour[0] != "-----BEGIN SSH SIGNATURE-----" or armour[-1] != "-----END SSH SIGNATURE-----":
        raise ValueError("no signature of OpenSSH")
    read = Reader(base64.b64decode("".join(armour[1:-1]), validate=True))
    if read.take(6) != b"SSHSIG" or read.take(4) != b"\0\0\0\1":
        raise ValueError("not version 1 of its signatures")
    key, namespace, reserved, algorithm, made = (read.text() for _ in range(5))
    if key != public:
        raise Failed("the signature over the tag manifest is one of another key than that in signer.pub")
    if namespace != NAMESPACE or algorithm not in (b"sha512", b"sha256") or read.at != len(read.data):
        raise Failed("the signature was made for another purpose")
    digest = hashlib.new(algorithm.decode(), message).digest()
    covered = b"SSHSIG" + b"".join(
        struct.pack(">I", len(one)) + one for one in (namespace, reserved, algorithm, digest)
    )
    owner, given = Reader(key), Reader(made)
    kind, raw = owner.text(), owner.text()
    if kind not in (PLAIN, TOUCHED) or given.text() != kind:
        raise Failed("the signature is of another kind than Ed25519")
    bare, rest = given.text(), given.data[given.at :]
    if kind == TOUCHED:  # a security key signs the application, whether it was touched, and a counter as well
        covered = hashlib.sha256(owner.text()).digest() + rest + hashlib.sha256(covered).digest()
        if len(rest) != 5 or not rest[0] & 1:
            raise Failed("nobody touched the security key when the signature was made")
    if not ed25519(raw, covered, bare):
        raise Failed("the signature over the tag manifest is not one of the key in signer.pub")
    name = base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
    return f"{raw.hex()} (OpenSSH calls it SHA256:{name}" + (", a security key)" if kind == TOUCHED else ")")


# --- OpenTimestamps ---------------------------------------------------------------------------------------------

MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01"
PENDING, IN_BITCOIN = bytes.fromhex("83dfe30d2ef90c8e"), bytes.fromhex("0588960d73d71901")
LONGEST = 4096  # bytes of a message on the way, as the format has it
Attested = namedtuple("Attested", "kind where message")
"""Who attests: ("pending", calendar), ("bitcoin", height) or ("unknown", tag), and the bytes that are attested."""


def stamped(data, digest):
    """Every attestation of an .ots file about a SHA-256. Raises Failed where it is about another, or is none."""
    head = MAGIC + b"\x08"
    if data[: len(head)] != head:
        raise Failed("the bytes are no OpenTimestamps proof of a SHA-256")
    if data[len(head) : len(head) + 32] != digest:
        raise Failed("the OpenTimestamps proof is not over this tag manifest")
    read = Reader(data[len(head) + 32 :])
    try:
        found = list(walk(read, digest, 0))
    except (ValueError, UnicodeDecodeError) as error:
        raise Failed(f"the bytes are no OpenTimestamps proof ({error})") from error
    if read.at != len(read.data):
        raise Failed("the bytes are no OpenTimestamps proof (bytes follow it)")
    return found


def walk(read, message, depth):
    """The attestations below one node of the proof; `message` is None where an operation is not known here."""
    if depth > 256:
        raise ValueError("it is nested too deep")
    more = True
    while more:
        tag = read.take(1)[0]
        more = tag == 0xFF
        tag = read.take(1)[0] if more else tag
        if tag == 0x00:
            kind, payload = read.take(8), Reader(read.take(read.number()))
            if kind == PENDING:
                yield Attested("pending", payload.take(payload.number()).decode(), message)
            elif kind == IN_BITCOIN:
                yield Attested("bitcoin", payload.number(), message)
            else:
                yield Attested("unknown", kind.hex(), message)
            continue
        argument = read.take(read.number()) if tag in (0xF0, 0xF1) else b""
        after = operated(tag, message, argument)
        if after is not None and len(after) > LONGEST:
            raise ValueError("a message on the way is too long")
        yield from walk(read, after, depth + 1)


def operated(tag, message, argument):
    """What an operation makes of a message. RIPEMD-160 and Keccak are not worked out here: then None."""
    if tag not in (0x02, 0x03, 0x08, 0x67, 0xF0, 0xF1, 0xF2, 0xF3):
        raise ValueError(f"no operation has the number {tag}")
    if message is None or tag in (0x03, 0x67):
        return None
    if tag in (0x02, 0x08):
        return hashlib.new("sha1" if tag == 0x02 else "sha256", message, usedforsecurity=False).digest()
    return {0xF0: message + argument, 0xF1: argument + message, 0xF2: message[::-1], 0xF3: message.hex().encode()}[tag]


def attested(one, runs):
    """What one attestation shows, as a sentence. `runs` are the chains of headers that the package holds."""
    if one.kind == "pending":
        return (
            f"pending at the calendar {one.where[:200]!r}, which nobody has to believe: `ots upgrade` asks it for more"
        )
    if one.kind == "unknown" or one.message is None:
        return "attested in a way that is not checked here"
    for run in runs:
        place = one.where - run.start
        if run.chain == "bitcoin" and run.checkpoint and 0 <= place < len(run.roots):
            if run.roots[place] != one.message:
                raise Failed(f"the OpenTimestamps proof does not lead to the Merkle root of block {one.where}")
            at = f"attested in Bitcoin's block {one.where}, whose header is in the package"
            time = datetime.fromtimestamp(run.times[place], UTC)
            return f"{at}: the tag manifest was there by about {time:%Y-%m-%d %H:%M} UTC, as its miner wrote"
    root = one.message[::-1].hex()
    return f"attested in Bitcoin's block {one.where}: its header is needed, whose Merkle root must be {root}"


# --- chains of Bitcoin's headers ----------------------------------------------------------------------------------

CORE = "Bitcoin Core, chainparams.cpp"
EARLY, LATE = f"{CORE} of 2024 (commit 0083e015)", f"{CORE} of September 2025"
CHECKPOINTS = {
    "bitcoin": (
        (0, "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f", f"the first block; {LATE}"),
        (11_111, "0000000069e244f73d78e8fd29ba2fd2ed618bd6fa2ee92559f542fdb26e7c1d", EARLY),
        (33_333, "000000002dd5588a74784eaa7ab0507a18ad16a236e7b1ce69f00d7ddfb5d0a6", EARLY),
        (74_000, "0000000000573993a3c9e41ce34471c079dcf5f52a0e824a81e7f953b8661a20", EARLY),
        (105_000, "00000000000291ce28027faea320c8d2b054b2e0fe44a773f3eefb151d6bdc97", EARLY),
        (134_444, "00000000000005b12ffd4cd315cd34ffd4a594f430ac814c91184a0d42d2b0fe", EARLY),
        (168_000, "000000000000099e61ea72015e79632f216fe6cb33d7899acb35b75c8303b763", EARLY),
        (193_000, "000000000000059f452a5f7340de6682a977387c17010ff6e6c3bd83ca8b1317", EARLY),
        (210_000, "000000000000048b95347e83192f69cf0366076336c639f9b7228e9ba171342e", EARLY),
        (225_430, "00000000000001c108384350f74090433e7fcf79a606b8e797f065b130575932", EARLY),
        (250_000, "000000000000003887df1f29024b06fc2200b55f8af8f35453d7be294df2d214", EARLY),
        (279_000, "0000000000000001ae8c72a0b0c301f67e3afca10e819efa9041e458e9bd7e40", EARLY),
        (295_000, "00000000000000004d9b4ef50f0f9d686fd69db2e03af35a100370c64632a983", EARLY),
        (363_725, "00000000000000000379eaa19dce8c9b722d46ae6a57c2f1a988119488b50931", LATE),
        (388_381, "000000000000000004c2b624ed5d7756c508d90fd0da2c7c679febfa6c4735f0", LATE),
        (419_328, "000000000000000004a1b34462cb8aeebd5799177f7a29cf28f2d1961716b5b5", LATE),
        (481_824, "0000000000000000001c8018d9cb3b742ef25114f27563e3fc4a1902167f9893", LATE),
        (654_683, "0000000000000000000b9d2ec5a352ecba0592946514a92f14319dc2b367fc72", f"{CORE} of 2021"),
        (824_000, "000000000000000000026811d149d4d261995ec5b3f64f439a0a10e1a464af9a", EARLY),
        (840_000, "0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5", LATE),
        (880_000, "000000000000000000010b17283c3c400507969a9c2afd1dcf2082ec5cca2880", LATE),
        (910_000, "0000000000000000000108970acb9522ffd516eae17acddcb1bd16469194a821", LATE),
        (912_683, "00000000000000000000611fd22f2df7c8fbd0688745c3a6c3bb5109cc2a12cb", LATE),
    ),
    "bitcoin-signet": ((0, "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6", LATE),),
    "bitcoin-regtest": (),  # everybody makes a chain of one's own
    "bitcoin-testnet": (  # of testnet3 and of testnet4
        (0, "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943", LATE),
        (0, "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043", LATE),
        (2_500_000, "0000000000000093bcb68c03a9a168ae252572d348a2eaeba2cdf9231d73206f", LATE),
    ),
}
"""By chain: height, hash, and who says so. Compare them with a copy of that file of your own."""

EASIEST = {
    "bitcoin": 0x1D00FFFF,
    "bitcoin-testnet": 0x1D00FFFF,
    "bitcoin-signet": 0x1E0377AE,
    "bitcoin-regtest": 0x207FFFFF,
}
PERIOD, TIMESPAN = 2016, 14 * 24 * 60 * 60
Run = namedtuple("Run", "chain start places times roots works checkpoint")
"""A chain of headers that holds together: `places` has the index by hash, `checkpoint` a known block of it or None."""


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def target(bits):
    """The number that a block's hash must not exceed, from its compact form."""
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    value = mantissa << 8 * (exponent - 3) if exponent >= 3 else mantissa >> 8 * (3 - exponent)
    return 0 if bits & 0x800000 or value >= 2**256 else value


def compact(value):
    """The compact form of a target, which keeps three bytes of it."""
    size = (value.bit_length() + 7) // 8
    mantissa = value >> 8 * (size - 3) if size > 3 else value << 8 * (3 - size)
    return size + 1 << 24 | mantissa >> 8 if mantissa & 0x800000 else size << 24 | mantissa


def written(proof):
    """Whether each value of a proof is written in its one way: hexadecimal digits, whole numbers, lists of these."""
    for key, value in proof.items():
        for one in value if isinstance(value, list) else [value]:
            is_hex = isinstance(one, str) and re.fullmatch("(0x)?([0-9a-fA-F]{2})*", one)
            if key not in ("chain", "txid", "proof", "lacking") and not (one is None or type(one) is int or is_hex):
                return False
    return True


def headers(proof):
    """Check a chain of headers: links, work, the rule of difficulty, times and checkpoints. Raises Failed."""
    chain, start = proof["chain"], proof["start"]
    try:
        data = bytes.fromhex(proof["headers"])
    except (ValueError, TypeError) as error:
        raise Failed(f"the headers are no hexadecimal digits ({error})") from error
    if chain not in EASIEST or not isinstance(start, int) or start < 0 or not data or len(data) % 80:
        raise Failed("it is no chain of block headers")
    fields = {"chain", "headers", "proof", "start"}
    if set(proof) != fields or proof["proof"] != "bitcoin-headers" or not written(proof):
        raise Failed("it is not written as a chain of block headers is")
    several = [data[at : at + 80] for at in range(0, len(data), 80)]
    hashes = [sha256d(one)[::-1].hex() for one in several]
    times = [int.from_bytes(one[68:72], "little") for one in several]
    bits = [int.from_bytes(one[72:76], "little") for one in several]
    for at, own in enumerate(hashes):
        where = f"header {at} (height {start + at}, {own})"
        if at and several[at][4:36][::-1].hex() != hashes[at - 1]:
            raise Failed(f"{where} does not follow the one before")
        if (start + at == 0) != (several[at][4:36] == bytes(32)):
            raise Failed(f"{where} is not at that height: a chain has one first block")
        if not 0 < int(own, 16) <= target(bits[at]) <= target(EASIEST[chain]):
            raise Failed(f"{where} lacks the work that its bits, or the chain, ask for")
        if at >= 11 and times[at] <= sorted(times[at - 11 : at])[5]:
            raise Failed(f"{where} is not later than the median of the eleven before")
        if at and not fits(chain, start, at, bits, times):
            raise Failed(f"{where} has other bits than the rule of difficulty asks for")
    known, places = None, {own: at for at, own in enumerate(hashes)}
    for height, own, source in CHECKPOINTS[chain]:
        place = height - start
        if places.get(own, place) != place:
            raise Failed(f"block {own} is at height {height} ({source}), and not where the chain of headers puts it")
        if 0 <= place < len(hashes) and hashes[place] == own:
            known = (height, own, source)  # the highest one
        elif 0 <= place < len(hashes) and chain != "bitcoin-testnet":  # whose name stands for two networks
            raise Failed(f"at height {height} it has another block than {source} says")
    works = [2**256 // (target(one) + 1) for one in bits]
    return Run(chain, start, places, times, [one[36:68] for one in several], works, known)


def fits(chain, start, at, bits, times):
    """Whether a header's bits are what the rule of difficulty asks for after those before it.

    On testnet any are: a block that comes late may be an easy one there.
    """
    if chain == "bitcoin-testnet":
        return True
    if chain == "bitcoin-regtest" or (start + at) % PERIOD:
        return bits[at] == bits[at - 1]
    old, limit = target(bits[at - 1]), target(EASIEST[chain])
    if at >= PERIOD:
        spent = min(max(times[at - 1] - times[at - PERIOD], TIMESPAN // 4), TIMESPAN * 4)
        return bits[at] == compact(min(old * spent // TIMESPAN, limit))
    return target(compact(old // 4)) <= target(bits[at]) <= min(old * 4, limit)  # its period began before the chain


def standing(run, block_hash):
    """What a chain of headers shows of one of its blocks, as a sentence."""
    place = run.places[block_hash]
    after = sum(run.works[place + 1 :])
    text = f"block {block_hash} is at height {run.start + place} of a chain of {len(run.times)} headers; "
    text += f"{len(run.times) - place - 1} follow it, on which about {after:.1e} hashes were spent"
    if run.checkpoint is None:
        return f"{text}; no known block is among them: its height, and that all follow this chain, is the source's word"
    height, own, source = run.checkpoint
    way = "leads to" if height >= run.start + place else "descends from"
    return f"{text}; it {way} the known block {own} at height {height} ({source})"


def linked(blocks, runs, unlinked):
    """Which proven blocks lead to a known one: sentences, and what is wrong, as two lists.

    `blocks` has the height that the facts give to each (chain, hash), `unlinked` those that the package declares so.
    """
    said, wrong, used = [], [], set()
    for chain, block in sorted(blocks):
        height, known = blocks[chain, block], False
        for number, run in enumerate(runs):
            if run.chain != chain or block not in run.places:
                continue
            used.add(number)
            known = known or run.checkpoint is not None
            said.append(standing(run, block))
            if height not in (None, run.start + run.places[block]):
                wrong.append(f"block {block} is at height {run.start + run.places[block]}, and not {height}")
        if known and (chain, block) in unlinked:
            wrong.append(f"block {block} is declared unlinked, and leads to a known block")
        elif not known and (chain, block) not in unlinked:
            wrong.append(f"block {block} leads to no known block, and is not declared unlinked")
    wrong += [
        f"a chain of headers from height {run.start} holds no block of a proof"
        for n, run in enumerate(runs)
        if n not in used
    ]
    wrong += [
        f"block {block} is declared unlinked, and no proof is in it" for one, block in sorted(unlinked - set(blocks))
    ]
    return said, wrong


def time_stamp(data):
    """What a time-stamp (RFC 3161, a TimeStampResp in DER) says: its imprint, its time and its nonce; no signature.

    Raises Failed where the bytes are none, or where the authority refused.
    """
    try:
        status, *rest = der(der(data)[0][1])
        number = int.from_bytes(der(status[1])[0][1], "big")
        if number > 1:
            raise Failed(f"the authority granted none, its status is {number}")
        content = der(der(der(rest[0][1])[1][1])[0][1])
        signed = next(part for tag, part in content if tag == 0x30)
        kind, wrapped = der(signed)
        if kind[1].hex() != "2a864886f70d0109100104":  # id-ct-TSTInfo
            raise Failed("what was signed is no time-stamp")
        told = der(der(der(wrapped[1])[0][1])[0][1])
        algorithm, imprint = der(told[2][1])
        if der(algorithm[1])[0][1].hex() != "608648016503040201":
            raise Failed("its digest is no SHA-256")
        time = datetime.strptime(told[4][1].decode()[:14] + "+0000", "%Y%m%d%H%M%S%z")
        nonce = next((int.from_bytes(part, "big") for tag, part in told[5:] if tag == 0x02), None)
    except (ValueError, IndexError, TypeError, StopIteration) as error:
        raise Failed(f"the bytes are no time-stamp ({type(error).__name__})") from error
    return {"imprint": imprint[1].hex(), "time": f"{time:%Y-%m-%dT%H:%M:%SZ}", "nonce": nonce}


def der(data):
    """The items that lie one behind the other in DER: (tag, content) of each. Raises ValueError."""
    found, at = [], 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size > 127:
            width = size - 128
            size, at = int.from_bytes(data[at : at + width], "big"), at + width
        if at + size > len(data):
            raise ValueError("an item ends too soon")
        found.append((tag, data[at : at + size]))
        at += size
    return found
