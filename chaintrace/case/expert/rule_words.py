"""What each rule that ships says, in short and with its failures: for a reader of another language than its text."""

from collections.abc import Mapping
from types import MappingProxyType

from chaintrace.i18n import message

RULES: Mapping[str, str] = MappingProxyType(
    {
        "airdrop_spam": message(
            "A transfer of a token whose name is a web address, to an account that never sent any of it. It "
            "may err where a company's token bears its site's name."
        ),
        "busy": message(
            "An address that pays more than 100 others in one day in one asset: the trace stops there, for "
            "others' value lies there too. It may err of a person who pays a list of people, and misses "
            "services that pay fewer."
        ),
        "by_amount": message(
            "A lead and no continuation: what a bridge took may be what its recipient got on the other chain "
            "within a day, of the very same value. It may err where two payments have one amount."
        ),
        "by_code": message(
            "A lead and no continuation: a payment to an account of Orbiter whose last four digits name a "
            "chain. It may err where such digits are there for another reason."
        ),
        "by_memo": message(
            "A payment whose memo asks THORChain for a swap, and the payment out whose memo names it. It may "
            "err where somebody else wrote such a memo."
        ),
        "by_service": message(
            "A lead and no continuation: what a service that mixes or exchanges for others paid out within a "
            "day may be what it took. It may err in most cases: it rests on time and amount alone."
        ),
        "bridge": message(
            "Value goes on on another chain: a bridge took it here and delivered it there under the same "
            "exact key. It may err of a token that logs what it likes, and misses bridges that are not in the "
            "table."
        ),
        "change": message(
            "An output for which two independent signs of change or more speak, and none against, returned to "
            "the payer. It may err where two signs err together."
        ),
        "change_joinmarket": message(
            "A lead, no union: in a JoinMarket round, the addresses that alone can have paid for a change. It "
            "may err where amounts fit by chance."
        ),
        "coinjoin_generic": message(
            "A coinjoin of a family that is not named: a transaction in which several pay together in equal "
            "outputs. It may err where several payments happen to be equal."
        ),
        "coinjoin_joinmarket": message(
            "A coinjoin in the shape of JoinMarket. It may err of other coinjoins with equal outputs and a "
            "change for each."
        ),
        "coinjoin_wasabi1": message(
            "A coinjoin in the shape of Wasabi 1. It may err of one who pays ten people or more 0.1 BTC each."
        ),
        "coinjoin_wasabi2": message(
            "A coinjoin in the shape of Wasabi 2. It may err of payments that are made to look so."
        ),
        "coinjoin_whirlpool": message("A coinjoin in the shape of a Whirlpool mix. It misses the first mix of a pool."),
        "common_input": message(
            "Addresses whose outputs one transaction spends together were probably controlled together at "
            "that time. It may err of coinjoins that nobody recognises, payjoins and custodians that sign for "
            "several customers."
        ),
        "contract": message(
            "An address that is a contract and no account that persons sign for: the trace stops there. It "
            "may err of accounts that are contracts of a kind that is not recognised."
        ),
        "deposit_address": message(
            "An address from which all or nearly all goes on to addresses that labels attribute to one "
            "exchange: the trace stops there. A customer account, a payment gateway, an OTC desk or a broker "
            "has that shape; it may err where an address changed hands or a label is wrong."
        ),
        "documented_link": message(
            "A document says that the value of one movement went on in another. Whoever entered it stands by "
            "it; the chain does not show it. It may err where the document is wrong, or of another customer."
        ),
        "dust": message(
            "A transaction of Bitcoin that pays a thousand satoshi or less to each of ten addresses or more. "
            "It may err of protocols that keep coins in tiny outputs."
        ),
        "fake_token": message(
            "A transfer of a token that calls itself USDT or USDC and is at another contract. It misses names "
            "in look-alike letters."
        ),
        "forced_address_reuse": message(
            "An output of a thousand satoshi or less to an address that others had paid before. It may err of "
            "tips to an address that is published."
        ),
        "funder": message(
            "A lead, no union: who paid for an account to exist, or sent it its first gas, probably also set "
            "it up. It may err of exchanges and brokers that nobody tagged."
        ),
        "memo_spam": message(
            "A payment of ten sun or less with a memo, from an address that the account never paid. It may "
            "err of messages that are meant in earnest."
        ),
        "mixer": message(
            "A contract of a mixer, by the tables of protocols: the trace stops there, always. It misses "
            "mixers that no table names."
        ),
        "not_continued": message(
            "Says why nothing is followed behind a transaction that goes through a protocol of the table. It "
            "changes no amount and no path."
        ),
        "peel_chain": message(
            "A lead, no union: transactions in a row in which the larger output goes on and the smaller one "
            "is peeled off. It may err of payees who pass on in the same way."
        ),
        "poisoning": message(
            "A transfer of next to nothing from, or to, an address that looks like one that the account had "
            "paid. It may err of real small payments."
        ),
        "sanctioned": message(
            "An address that stands on a sanctions list: the trace stops there, where the case names this "
            "rule. It may err of lists that are old and of addresses that changed hands."
        ),
        "self_authorisation": message(
            "A lead, no union: an account that itself let another account move its tokens was probably of the "
            "same hand. It may err of drainers, friends and services that nobody tagged."
        ),
        "self_transfer": message("A transfer from an account to itself: it moves nothing. No failure is known."),
        "shared_consolidation": message(
            "A lead, no union: addresses that are emptied into one address that is no service were probably "
            "of one hand. It may err of a shop, a broker or a friend who collects."
        ),
        "swap": message(
            "Value goes on in another asset: in one transaction an address gives one asset and gets another "
            "one for it. It may err of a swap against a worthless token, and of payments to others inside the "
            "same call."
        ),
        "top_up_sweep": message(
            "A lead, no union: who sends gas to an address so that its tokens can be swept was probably of "
            "its operator. It may err of brokers, gateways and services that sell gas."
        ),
        "wash_loop": message(
            "The very same value goes to one other address and comes back within an hour, three times or "
            "more. It may err of loans and of tests; no amount depends on it."
        ),
        "whirlpool_tx0": message(
            "One wallet's preparation for Whirlpool, and no coinjoin. It may err of a payment of the same amounts."
        ),
        "wrap": message(
            "Value goes on in another form: a wrapper takes the native asset and makes a token for it, or the "
            "other way. It misses wrappers that are not in the table."
        ),
    }
)
"""A rule's id to its text. A rule of somebody else's has none, and is quoted in its own words."""
