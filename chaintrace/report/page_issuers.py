"""The page's section on issuers: what each contract can do, and what it says of the addresses where value lies."""

from itertools import groupby

from chaintrace.adapters.issuers import Issued, issued
from chaintrace.i18n import Say
from chaintrace.model.chain import Asset
from chaintrace.report.amounts import prose
from chaintrace.report.credited import assets_of
from chaintrace.report.interface import AtIssuer, Report
from chaintrace.report.issuing import at_issuer, holder_kind, places
from chaintrace.report.markup import Child, Html, code, joined, tag
from chaintrace.report.mixed_scripts import marked
from chaintrace.report.page_tables import cut
from chaintrace.report.spoken import words
from chaintrace.report.wording import ISSUER_NOT_TOLD, ISSUER_POWERS, ISSUER_STATE, NO_ISSUER


def issuers(report: Report, say: Say) -> Html:
    """A part for each token of the list that the main method leaves or credits somewhere."""
    tokens = [
        (issued(*key), [place[2] for place in group])
        for key, group in groupby(places(report.inputs), key=lambda place: place[:2])
    ]
    parts = [_token(report, token, addresses, say) for token, addresses in tokens if token is not None]
    return joined((tag("h2", say("What an issuer can do"), id="issuers"), parts or tag("p", say(NO_ISSUER))))


def _token(report: Report, token: Issued, addresses: list[str], say: Say) -> Html:
    """One token: the power of its issuer, where and when that was read, and what was told of each address."""
    asset = assets_of(report.inputs).get((token.chain, token.contract), Asset(token.chain, token.contract))
    day = say("read on {day}:").format(day=token.checked.isoformat())
    read = (f" ({day} ", code(token.source.removeprefix("https://")), ")")
    title = say("{asset} on {chain}:").format(asset=marked(asset.name) or say("A token"), chain=token.chain)
    power = say(ISSUER_POWERS[token.power]).format(issuer=token.issuer)
    return joined(
        (
            tag("h3", title, " ", code(token.contract)),
            tag("p", power, tag("span", read, class_="soft")),
            _addresses(report, asset, addresses, say) if token.power != "none" else None,
        )
    )


def _addresses(report: Report, asset: Asset, addresses: list[str], say: Say) -> Html:
    """What the contract says of each address, and in words what is open."""
    key = asset.chain, asset.contract
    told = [(address, at_issuer(report.inputs, *key, address)[0]) for address in addresses]
    rows = [_row(report, asset, address, one, say) for address, one in told]
    told_in_words = [tag("li", code(address), f": {sentence}") for address, one in told for sentence in one.words]
    headings = words(say, "Address", "The contract says", "As of height", "It has there", "Holder")
    return joined(
        (
            tag("p", say(ISSUER_STATE), class_="soft"),
            cut(say, rows, "resting.csv", headings, (2, 3)),
            tag("p", say(ISSUER_NOT_TOLD)) if any(not one.state for _, one in told) else None,
            tag("ul", told_in_words) if told_in_words else None,
        )
    )


def _row(report: Report, asset: Asset, address: str, one: AtIssuer, say: Say) -> tuple[Child, ...]:
    return (
        code(address),
        tag("b", say(one.state)) if one.state else say("not known"),
        one.height,
        prose(one.balance, asset) if one.balance is not None else None,
        say(holder_kind(report.inputs, asset.chain, asset.contract, address)),
    )
