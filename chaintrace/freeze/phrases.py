"""The sentences of a letter, as messages: what is asked, what the data are, whose rights are touched.

They say what the ledger shows and who attributes an address to whom; they name no person. What the authority itself
says is quoted elsewhere and is not found here.
"""

from types import MappingProxyType

from chaintrace.freeze.recipients import Kind as RecipientKind
from chaintrace.freeze.request import Kind, Shape
from chaintrace.i18n import message

LEADS: MappingProxyType[Kind, str] = MappingProxyType(
    {
        "preserve": message(
            "Please preserve all records, data and logs on the accounts that were credited by the transfers listed "
            "here, until {until}. This letter does not ask you to hand them over."
        ),
        "hold": message(
            "Please hold {asked} on the accounts that were credited by the transfers listed here, voluntarily and as "
            "far as your terms and the law that applies to you allow, until {until}, so that an order can be obtained."
        ),
        "disclose": message(
            "Please give the information listed below on the accounts that were credited by the transfers listed here."
        ),
        "freeze": message(
            "Please freeze {asked} on the accounts that were credited by the transfers listed here, until {until}."
        ),
        "seize": message(
            "Please transfer {asked}, which is restrained on the accounts that were credited by the transfers listed "
            "here, to {wallet}."
        ),
        "release": message(
            "Please release what is restrained above {asked} on our earlier request {earlier}. What stays restrained "
            "is listed here."
        ),
        "production": message(
            "Please fill in the form at the end of this letter for each transfer listed here, and return it with the "
            "records that it names."
        ),
    },
)
"""What is asked, by kind of letter, of whoever keeps accounts."""

ISSUER_LEADS: MappingProxyType[Kind, str] = MappingProxyType(
    {
        "preserve": message(
            "Please preserve all records, data and logs on the addresses listed here, until {until}. This letter does "
            "not ask you to hand them over."
        ),
        "disclose": message("Please give the information listed below on the addresses listed here."),
        "hold": message(
            "Please block the addresses listed here for which an amount is asked, for the token contracts named, "
            "voluntarily and as far as your terms and the law that applies to you allow, until {until}. The amount "
            "asked for is {asked}."
        ),
        "freeze": message(
            "Please block the addresses listed here for which an amount is asked, for the token contracts named, until "
            "{until}. The amount asked for is {asked}."
        ),
        "seize": message(
            "Please transfer or re-issue {asked}, which lies blocked at the addresses listed here, to {wallet}."
        ),
        "production": message(
            "Please fill in the form at the end of this letter for each transfer and each address listed here, and "
            "return it with the records that it names."
        ),
    },
)
"""The same, of the issuer of a token, where it differs."""

RELEASE_ALL = message(
    "Please release all that is restrained on our earlier request {earlier} at the addresses listed here. Nothing "
    "stays restrained there on that request."
)
"""What a letter of release asks for where no amount is to stay."""

DATA: MappingProxyType[RecipientKind, tuple[str, ...]] = MappingProxyType(
    {
        "exchange": (
            message(
                "the account that each transfer credited: its id, the day it was opened, the identity data on file"
            ),
            message("its balances in every asset, now and at the time of each credit"),
            message("internal transfers to and from it, with the other account of each"),
            message("withdrawals: time, asset, amount, address, memo and txid of each"),
            message("its other deposit addresses, and deposits and withdrawals in currencies, with the bank accounts"),
            message("devices, IP addresses and times of its log-ins"),
            message("accounts that are linked with it by identity data, device, IP address, phone, e-mail or address"),
            message("for how long each kind of these records is kept"),
        ),
        "issuer": (
            message("for each address: its balance, and whether and since when it is blocked"),
            message("whether the address is known to you as one of a customer or of a service"),
            message("issues and redemptions to and from it, with the customer of each"),
            message("the txid of the transaction by which you block it"),
            message("what you need for a transfer or a re-issue"),
        ),
        "swapper": (
            message("for each deposit: the order's number, and the output's asset, amount, address, memo and txid"),
            message("the refund address, and the txid of a refund if there was one"),
            message("IP addresses, devices, e-mail and times of the order, and the partner or key by which it came"),
            message("other orders with the same addresses, IP addresses or devices"),
            message("for how long each kind of these logs is kept"),
        ),
    },
)
"""What further data are asked for, by the kind of recipient; of anybody else the same as of an exchange."""

SHAPES: MappingProxyType[Shape, str] = MappingProxyType(
    {
        "deposit": message(
            "the address looks like a deposit address: what arrives is swept to {service}. A customer's account, a "
            "payment gateway, and a broker that is itself a customer all look like this"
        ),
        "service wallet": message(
            "the address is a wallet of {entity} by its label, not an address of one customer: the account that was "
            "credited is the one that the records of {entity} hold for these txids, and value of others lies there too"
        ),
        "private": message(
            "a source said that there is no code at the address, and no tag and no rule of the report names a service "
            "there. That does not say whose wallet it is"
        ),
        "exchange-shaped": message("the address looks like one of an exchange: value of others may lie there"),
        "unknown": message("nobody says what kind of wallet it is"),
    },
)
"""What is said of an address, by what is known of it."""

CONFIDENTIAL = message(
    "Please do not tell the account's holder or anybody else of this letter before we agree or the law obliges you. "
    "Where the law obliges you, please tell us first."
)
THIRD_PARTIES = message(
    "The accounts may be those of people who took no part in what is investigated, and value of others may lie at the "
    "same addresses."
)
TO_AMOUNT = message(
    "Please restrain no more than the amount asked for, and tell us if the account's holder shows a right of their own."
)
TO_RECORDS = message(
    "This letter does not ask you to restrain anything. Please keep to what concerns the transfers and addresses "
    "listed here, and tell us if the account's holder shows a right of their own."
)
CONTEST = message("Whoever is concerned can contest this measure at: {place}. Questions go to the officer named above.")
LEAST = message(
    "Of each row, the amount asked for is the least over the methods {methods}, unless a reason is given with it."
)
STATED = message("Address no. {number}: {asked} is asked for in the place of the least ({low}). Reason given: {reason}")
TRACED = message(
    "Followed on the ledger under the method {method}: {paid}. That method brings {traced} to the addresses below. "
    "Over the methods {methods} each row has its least and its most; the least sum to {low}, the most to {high}, and "
    "no single method need give either sum. No method brings less than {in_all} there in all. Where an address holds "
    "value of several sources, the ledger alone does not say whose value leaves first: that is what a method decides."
)
CLAIMS = message(
    "Who is said to be behind an address is a claim of the source named with it, not a fact of the ledger. This letter "
    "does not identify any person."
)
EVIDENCE = message(
    "This letter rests on a report made with {version}. Its file trace.json has the SHA-256 below; the report lists "
    "every step, every source with its digest, and what was not followed. It can be had on request."
)
NOT_COMPLETE = message(
    "The report says of itself that it is not complete, with the reasons: part of the value was not followed or rests "
    "on an assumption."
)
"""What stands in every letter."""

METHODS = (message("FIFO"), message("LIFO"), message("LIBR"), message("haircut"))
"""The methods as sentences name them (report/wording.py), where the catalogue finds them."""

STATES = (message("blocked"), message("not blocked"), message("no block listed"), message("sources differ"))
"""What a token's contract said of an address, as reports have it, where the catalogue finds it."""

GRADES = (message("own page"), message("copy"), message("third party"))
"""How far a page about a recipient can be relied on (data/recipients/README.md), where the catalogue finds it."""
