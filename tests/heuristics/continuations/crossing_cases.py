"""One crossing of every bridge of the table: what its contracts log on the two sides."""

from __future__ import annotations

from dataclasses import dataclass

from chaintrace.model.log import Log
from heuristics.continuations.keys import keccak
from tests.heuristics.continuations.making import SHIPPED, row, said, tx, who, word

THIEF, ESCROW, RELAYER, RECIPIENT = map(who, ("thief", "escrow", "relayer", "recipient"))
HERE, THERE = who("token here"), who("token there")
SENT, ARRIVED = 100, 90
NAME = "deposit"
ID = bytes(range(1, 33))


@dataclass(frozen=True)
class Case:
    """Chains, logs and the recipient that the deposit names (`""`: it names none)."""

    protocol: str
    here: str
    there: str
    sent: tuple[Log, ...]
    received: tuple[Log, ...]
    recipient: str = RECIPIENT


def event(protocol: str, chain: str, name: str, shape: str = "", route: str | None = None):
    """A row that ships, by its event."""
    return next(
        one
        for one in SHIPPED.rows
        if (one.protocol, one.chain, one.name) == (protocol, chain, name)
        and shape in {"", one.shape}
        and route in {None, one.route}
    )


def across() -> Case:
    sent = event("Across", "ethereum", "V3FundsDeposited")
    filled = event("Across", "arbitrum", "FilledV3Relay")
    paid = {"updatedRecipient": RECIPIENT, "updatedOutputAmount": ARRIVED}
    told = {
        "inputToken": HERE,
        "inputAmount": SENT,
        "outputAmount": ARRIVED,
        "depositor": THIEF,
        "recipient": RECIPIENT,
    }
    return Case(
        "Across",
        "ethereum",
        "arbitrum",
        (said(sent, destinationChainId=42161, depositId=7, **told),),
        (said(filled, originChainId=1, depositId=7, outputToken=THERE, relayExecutionInfo=paid, **told),),
    )


def across_with_words() -> Case:
    sent = next(
        one
        for one in SHIPPED.rows
        if one.protocol == "Across"
        and one.chain == "base"
        and "word" in one.fields
        and one.name == "FundsDeposited"
        and one.arguments[0].type == "bytes32"
    )
    filled = next(
        one
        for one in SHIPPED.rows
        if one.protocol == "Across"
        and one.chain == "optimism"
        and one.name == "FilledRelay"
        and one.arguments[0].type == "bytes32"
    )
    paid = {"updatedRecipient": word(RECIPIENT), "updatedOutputAmount": ARRIVED}
    told = {"inputToken": word(HERE), "inputAmount": SENT, "depositor": word(THIEF), "recipient": word(RECIPIENT)}
    return Case(
        "Across",
        "base",
        "optimism",
        (said(sent, destinationChainId=10, depositId=2**200, **told),),
        (said(filled, originChainId=8453, depositId=2**200, outputToken=word(THERE), relayExecutionInfo=paid, **told),),
    )


def cctp_v1() -> Case:
    body = bytes(4) + word(HERE) + word(RECIPIENT) + SENT.to_bytes(32, "big") + word(THIEF)
    sent = event("CCTP", "ethereum", "DepositForBurn", route="v1")
    received = event("CCTP", "base", "MessageReceived", route="v1")
    told = {"burnToken": HERE, "amount": SENT, "depositor": THIEF, "mintRecipient": word(RECIPIENT)}
    return Case(
        "CCTP",
        "ethereum",
        "base",
        (said(sent, nonce=5, destinationDomain=6, **told),),
        (said(received, nonce=5, sourceDomain=0, messageBody=body),),
    )


def cctp_v2() -> Case:
    body = bytes(4) + word(HERE) + word(RECIPIENT) + SENT.to_bytes(32, "big") + word(THIEF) + (3).to_bytes(32, "big")
    sent = event("CCTP", "ethereum", "DepositForBurn", route="v2")
    minted = event("CCTP", "linea", "MintAndWithdraw")
    message = event("CCTP", "linea", "MessageReceived", route="v2")
    told = {"burnToken": HERE, "amount": SENT, "depositor": THIEF, "mintRecipient": word(RECIPIENT), "maxFee": 3}
    return Case(
        "CCTP",
        "ethereum",
        "linea",
        (said(sent, destinationDomain=11, **told),),
        (
            said(minted, 50, mintRecipient=RECIPIENT, mintToken=THERE, amount=ARRIVED),
            said(message, 51, sourceDomain=0, nonce=ID, sender=word(sent.contract), messageBody=body),
        ),
    )


def hop_out() -> Case:
    sent, bonded = event("Hop", "base", "TransferSent"), event("Hop", "gnosis", "WithdrawalBonded")
    return Case(
        "Hop",
        "base",
        "gnosis",
        (said(sent, transferId=ID, chainId=100, recipient=RECIPIENT, amount=SENT),),
        (said(bonded, transferId=ID, amount=SENT),),
    )


def hop_in() -> Case:
    told = {"recipient": RECIPIENT, "amount": SENT, "amountOutMin": 80, "deadline": 1_700_000_000, "relayerFee": 1}
    sent = event("Hop", "ethereum", "TransferSentToL2")
    done = event("Hop", "optimism", "TransferFromL1Completed")
    return Case("Hop", "ethereum", "optimism", (said(sent, chainId=10, **told),), (said(done, **told),))


def omnibridge() -> Case:
    sent = event("Omnibridge", "ethereum", "TokensBridgingInitiated")
    done = event("Omnibridge", "gnosis", "TokensBridged")
    return Case(
        "Omnibridge",
        "ethereum",
        "gnosis",
        (said(sent, token=HERE, sender=THIEF, value=SENT, messageId=ID),),
        (said(done, token=THERE, recipient=RECIPIENT, value=ARRIVED, messageId=ID),),
        recipient="",
    )


def xdai() -> Case:
    sent = event("xDai bridge", "ethereum", "UserRequestForAffirmation")
    done = event("xDai bridge", "gnosis", "AffirmationCompleted")
    return Case(
        "xDai bridge",
        "ethereum",
        "gnosis",
        (said(sent, recipient=RECIPIENT, value=SENT, nonce=ID),),
        (said(done, recipient=RECIPIENT, value=ARRIVED, transactionHash=ID),),
    )


def superchain() -> Case:
    told = {
        "target": who("there"),
        "sender": ESCROW,
        "message": b"\x01\x02\x03",
        "messageNonce": 5,
        "gasLimit": 200_000,
    }
    sent = event("OP Stack bridge", "ethereum", "ERC20DepositInitiated", route="base")
    message = event("OP Stack bridge", "ethereum", "SentMessage", route="base")
    done = event("OP Stack bridge", "base", "RelayedMessage")
    final = event("OP Stack bridge", "base", "DepositFinalized")
    hashed = keccak(
        keccak(b"relayMessage(address,address,bytes,uint256)")[:4]
        + word(told["target"])
        + word(ESCROW)
        + (128).to_bytes(32, "big")
        + (5).to_bytes(32, "big")
        + (3).to_bytes(32, "big")
        + b"\x01\x02\x03".ljust(32, b"\0")
    )
    return Case(
        "OP Stack bridge",
        "ethereum",
        "base",
        (said(sent, 50, l1Token=HERE, **{"from": THIEF}, to=RECIPIENT, amount=SENT), said(message, 51, **told)),
        (said(final, 50, l2Token=THERE, to=RECIPIENT, amount=ARRIVED), said(done, 51, msgHash=hashed)),
    )


def arbitrum_out() -> Case:
    sent = event("Arbitrum bridge", "arbitrum", "WithdrawalInitiated", route="out")
    tree = event("Arbitrum bridge", "arbitrum", "L2ToL1Tx", "detail")
    done = event("Arbitrum bridge", "ethereum", "OutBoxTransactionExecuted")
    final = event("Arbitrum bridge", "ethereum", "WithdrawalFinalized")
    return Case(
        "Arbitrum bridge",
        "arbitrum",
        "ethereum",
        (said(tree, 50, position=77), said(sent, 51, **{"from": THIEF}, to=RECIPIENT, amount=SENT, l2ToL1Id=77)),
        (said(done, 50, transactionIndex=77), said(final, 51, to=RECIPIENT, l1Token=THERE, amount=ARRIVED)),
    )


def polygon() -> Case:
    sent = event("Polygon bridge", "ethereum", "LockedERC20")
    synced = event("Polygon bridge", "ethereum", "StateSynced")
    done = event("Polygon bridge", "polygon", "StateCommitted")
    return Case(
        "Polygon bridge",
        "ethereum",
        "polygon",
        (
            said(sent, 50, depositor=THIEF, depositReceiver=RECIPIENT, rootToken=HERE, amount=SENT),
            said(synced, 51, id=9),
        ),
        (said(done, stateId=9, success=True),),
    )


def zksync_out() -> Case:
    sent = event("zkSync Era bridge", "zksync", "WithdrawalInitiated")
    told = event("zkSync Era bridge", "zksync", "L1MessageSent")
    done = event("zkSync Era bridge", "ethereum", "WithdrawalFinalized")
    selector = keccak(b"finalizeWithdrawal(uint256,uint256,uint16,bytes,bytes32[])")[:4]
    message = selector + bytes.fromhex(RECIPIENT[2:] + THERE[2:]) + SENT.to_bytes(32, "big")
    return Case(
        "zkSync Era bridge",
        "zksync",
        "ethereum",
        (
            said(told, 50, _sender=sent.contract, _hash=keccak(message), _message=message),
            said(sent, 51, l2Sender=THIEF, l1Receiver=RECIPIENT, l2Token=HERE, amount=SENT),
        ),
        (said(done, to=RECIPIENT, l1Token=THERE, amount=SENT),),
    )


def stargate_bus() -> Case:
    sent, rode = (event("Stargate v2", "ethereum", name, route="bus") for name in ("OFTSent", "BusRode"))
    driven = event("Stargate v2", "ethereum", "BusDriven")
    done = event("Stargate v2", "base", "OFTReceived", route="bus")
    passenger = (1).to_bytes(2, "big") + word(RECIPIENT) + ARRIVED.to_bytes(8, "big") + bytes(1)
    return Case(
        "Stargate v2",
        "ethereum",
        "base",
        (
            said(rode, 50, dstEid=30184, ticketId=7, passenger=passenger),
            said(sent, 51, dstEid=30184, fromAddress=THIEF, amountSentLD=SENT, amountReceivedLD=ARRIVED),
            said(driven, 52, dstEid=30184, startTicketId=5, numPassengers=3, guid=ID),
        ),
        (said(done, guid=ID, srcEid=30101, toAddress=RECIPIENT, amountReceivedLD=ARRIVED),),
    )


def scroll() -> Case:
    told = {"sender": ESCROW, "target": who("there"), "messageNonce": 4, "message": b"\x09" * 40}
    sent = event("Scroll bridge", "ethereum", "DepositERC20")
    message = event("Scroll bridge", "ethereum", "SentMessage", "detail")
    done = event("Scroll bridge", "scroll", "RelayedMessage")
    hashed = keccak(
        keccak(b"relayMessage(address,address,uint256,uint256,bytes)")[:4]
        + word(ESCROW)
        + word(told["target"])
        + bytes(32)
        + (4).to_bytes(32, "big")
        + (160).to_bytes(32, "big")
        + (40).to_bytes(32, "big")
        + (b"\x09" * 40).ljust(64, b"\0")
    )
    return Case(
        "Scroll bridge",
        "ethereum",
        "scroll",
        (said(message, 50, **told), said(sent, 51, l1Token=HERE, **{"from": THIEF}, to=RECIPIENT, amount=SENT)),
        (said(done, messageHash=hashed),),
    )


def celer() -> Case:
    sent, relay = event("Celer cBridge", "ethereum", "Send"), event("Celer cBridge", "bsc", "Relay")
    told = {"sender": THIEF, "receiver": RECIPIENT}
    return Case(
        "Celer cBridge",
        "ethereum",
        "bsc",
        (said(sent, transferId=ID, token=HERE, amount=SENT, dstChainId=56, **told),),
        (said(relay, srcTransferId=ID, srcChainId=1, token=THERE, amount=ARRIVED, **told),),
    )


def celer_pegged() -> Case:
    sent = next(
        one
        for one in SHIPPED.shaped("sent", "Celer cBridge", "pegged", "ethereum")
        if one.name == "Deposited" and len(one.arguments) == 7
    )
    mint = event("Celer cBridge", "bsc", "Mint")
    return Case(
        "Celer cBridge",
        "ethereum",
        "bsc",
        (said(sent, depositId=ID, depositor=THIEF, token=HERE, amount=SENT, mintChainId=56, mintAccount=RECIPIENT),),
        (said(mint, refId=ID, refChainId=1, token=THERE, account=RECIPIENT, amount=ARRIVED),),
    )


def multichain() -> Case:
    sent, done = event("Multichain", "ethereum", "LogAnySwapOut"), event("Multichain", "bsc", "LogAnySwapIn")
    hashed = bytes.fromhex(tx(NAME)[2:])
    return Case(
        "Multichain",
        "ethereum",
        "bsc",
        (said(sent, token=HERE, **{"from": THIEF}, to=RECIPIENT, amount=SENT, fromChainID=1, toChainID=56),),
        (said(done, txhash=hashed, token=THERE, to=RECIPIENT, amount=ARRIVED, fromChainID=1, toChainID=56),),
    )


def multichain_v7() -> Case:
    sent = event("Multichain", "ethereum", "LogAnySwapOut", route="v7")
    done = event("Multichain", "bsc", "LogAnySwapIn", route="v7")
    there = {"token": THERE, "receiver": RECIPIENT, "amount": ARRIVED, "fromChainID": 1, "swapID": "1:0xab:7"}
    here = {"token": HERE, "from": THIEF, "receiver": RECIPIENT, "amount": SENT, "toChainID": 56}
    return Case(
        "Multichain",
        "ethereum",
        "bsc",
        (said(sent, swapoutID=ID, **here),),
        (said(done, swapoutID=ID, **there),),
    )


def poly() -> Case:
    sent, message = event("Poly Network", "ethereum", "LockEvent"), event("Poly Network", "ethereum", "CrossChainEvent")
    done = event("Poly Network", "bsc", "VerifyHeaderAndExecuteTxEvent")
    final = event("Poly Network", "bsc", "UnlockEvent")
    told = {"fromAssetHash": HERE, "fromAddress": THIEF, "toAddress": bytes.fromhex(RECIPIENT[2:]), "amount": SENT}
    return Case(
        "Poly Network",
        "ethereum",
        "bsc",
        (said(message, 50, txId=ID, toChainId=6), said(sent, 51, toChainId=6, **told)),
        (
            said(final, 50, toAssetHash=THERE, toAddress=RECIPIENT, amount=ARRIVED),
            said(done, 51, fromChainID=2, fromChainTxHash=ID),
        ),
    )


def nomad() -> Case:
    sent, message = event("Nomad", "moonbeam", "Send"), event("Nomad", "moonbeam", "Dispatch")
    done, final = event("Nomad", "ethereum", "Process"), event("Nomad", "ethereum", "Receive")
    told = {"token": HERE, "from": THIEF, "toId": word(RECIPIENT), "amount": SENT}
    return Case(
        "Nomad",
        "moonbeam",
        "ethereum",
        (said(message, 50, messageHash=ID), said(sent, 51, toDomain=6648936, **told)),
        (
            said(final, 50, token=THERE, recipient=RECIPIENT, amount=ARRIVED),
            said(done, 51, messageHash=ID, success=True, returnData=bytes(32)),
        ),
    )


def wormhole() -> Case:
    sent, done = event("Wormhole", "ethereum", "LogMessagePublished"), event("Wormhole", "bsc", "TransferRedeemed")
    bridge = event("Wormhole", "ethereum", "TransferRedeemed").contract
    payload = b"\x01" + SENT.to_bytes(32, "big") + word(HERE) + b"\0\x02" + word(RECIPIENT) + b"\0\x04" + bytes(32)
    return Case(
        "Wormhole",
        "ethereum",
        "bsc",
        (said(sent, sender=bridge, sequence=3, payload=payload),),
        (said(done, emitterChainId=2, emitterAddress=word(bridge), sequence=3),),
    )


def synapse() -> Case:
    sent, done = event("Synapse", "ethereum", "TokenDeposit"), event("Synapse", "arbitrum", "TokenMint")
    return Case(
        "Synapse",
        "ethereum",
        "arbitrum",
        (said(sent, to=RECIPIENT, chainId=42161, token=HERE, amount=SENT),),
        (said(done, to=RECIPIENT, token=THERE, amount=ARRIVED, kappa=keccak(tx(NAME).encode())),),
    )


def synapse_rfq() -> Case:
    sent, done = event("Synapse", "ethereum", "BridgeRequested"), event("Synapse", "arbitrum", "BridgeRelayed")
    told = {"transactionId": ID, "originToken": HERE, "originAmount": SENT, "destAmount": ARRIVED}
    return Case(
        "Synapse",
        "ethereum",
        "arbitrum",
        (said(sent, sender=THIEF, destChainId=42161, **told),),
        (said(done, to=RECIPIENT, destToken=THERE, originChainId=1, **told),),
        recipient="",
    )


def debridge() -> Case:
    order = {
        "giveChainId": 1,
        "takeChainId": 56,
        "giveAmount": SENT,
        "takeAmount": ARRIVED,
        "makerSrc": bytes.fromhex(THIEF[2:]),
        "receiverDst": bytes.fromhex(RECIPIENT[2:]),
        "giveTokenAddress": bytes.fromhex(HERE[2:]),
        "takeTokenAddress": bytes.fromhex(THERE[2:]),
    }
    sent, done = event("deBridge DLN", "ethereum", "CreatedOrder"), event("deBridge DLN", "bsc", "FulfilledOrder")
    return Case(
        "deBridge DLN",
        "ethereum",
        "bsc",
        (said(sent, order=order, orderId=ID),),
        (said(done, order=order, orderId=ID, sender=RELAYER),),
    )


def connext() -> Case:
    sent, done = event("Connext", "ethereum", "XCalled"), event("Connext", "bsc", "Executed")
    params = {"destinationDomain": 6450786, "to": RECIPIENT, "originSender": THIEF}
    return Case(
        "Connext",
        "ethereum",
        "bsc",
        (said(sent, transferId=ID, messageHash=bytes(32), params=params, asset=HERE, amount=SENT),),
        (said(done, transferId=ID, to=RECIPIENT, asset=THERE, amount=ARRIVED),),
    )


def usdt0() -> Case:
    sent, packet = event("USDT0", "ethereum", "OFTSent"), event("USDT0", "ethereum", "PacketSent")
    done = event("USDT0", "arbitrum", "OFTReceived")
    payload = bytes(81) + ID + word(RECIPIENT) + bytes(8)
    return Case(
        "USDT0",
        "ethereum",
        "arbitrum",
        (
            said(packet, 50, encodedPayload=payload),
            said(sent, 51, guid=ID, dstEid=30110, fromAddress=THIEF, amountSentLD=SENT),
        ),
        (said(done, guid=ID, srcEid=30101, toAddress=RECIPIENT, amountReceivedLD=ARRIVED),),
    )


def stargate_v2() -> Case:
    sent, packet = event("Stargate v2", "ethereum", "OFTSent"), event("Stargate v2", "ethereum", "PacketSent")
    done = event("Stargate v2", "base", "OFTReceived")
    payload = bytes(81) + ID + b"\x01\0\x02" + word(RECIPIENT) + bytes(8)
    return Case(
        "Stargate v2",
        "ethereum",
        "base",
        (
            said(packet, 50, encodedPayload=payload),
            said(sent, 51, guid=ID, dstEid=30184, fromAddress=THIEF, amountSentLD=SENT),
        ),
        (said(done, guid=ID, srcEid=30101, toAddress=RECIPIENT, amountReceivedLD=ARRIVED),),
    )


def stargate_v1() -> Case:
    app = bytes.fromhex(ESCROW[2:])
    payload = (8).to_bytes(8, "big") + (101).to_bytes(2, "big") + app + (106).to_bytes(2, "big") + bytes(20)
    sent, packet = event("Stargate v1", "ethereum", "Swap"), event("Stargate v1", "ethereum", "Packet")
    done, final = event("Stargate v1", "avalanche", "PacketReceived"), event("Stargate v1", "avalanche", "SwapRemote")
    return Case(
        "Stargate v1",
        "ethereum",
        "avalanche",
        (said(sent, 50, chainId=106, **{"from": THIEF}, amountSD=SENT), said(packet, 51, payload=payload)),
        (
            said(final, 50, to=RECIPIENT, amountSD=ARRIVED),
            said(done, 51, srcChainId=101, srcAddress=app + bytes(20), nonce=8),
        ),
        recipient="",
    )


def thorchain() -> Case:
    sent, done = event("THORChain", "ethereum", "Deposit"), event("THORChain", "bsc", "TransferOut")
    return Case(
        "THORChain",
        "ethereum",
        "bsc",
        (said(sent, asset=HERE, amount=SENT, memo=f"=:BSC.BNB:{RECIPIENT}:90/1/0"),),
        (said(done, to=RECIPIENT, asset=THERE, amount=ARRIVED, memo=f"OUT:{tx(NAME)[2:].upper()}"),),
    )


CASES = (
    across,
    across_with_words,
    cctp_v1,
    cctp_v2,
    hop_out,
    hop_in,
    omnibridge,
    xdai,
    superchain,
    arbitrum_out,
    polygon,
    zksync_out,
    scroll,
    celer,
    celer_pegged,
    multichain,
    multichain_v7,
    poly,
    nomad,
    wormhole,
    synapse,
    synapse_rfq,
    debridge,
    connext,
    usdt0,
    stargate_v2,
    stargate_bus,
    stargate_v1,
    thorchain,
)
"""Both sides of a crossing of each protocol whose delivery can be found."""

ROW = row
