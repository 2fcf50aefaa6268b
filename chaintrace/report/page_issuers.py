"""The page's section on issuers: what each contract can do, and what it says of the addresses where value lies."""

from itertools import groupby

from chaintrace.adapters.issuers import Issued, issued
from chaintrace.model.chain import Asset
from chaintrace.report.amounts import prose
from chaintrace.report.credited import assets_of
from chaintrace.report.interface import AtIssuer, Report
from chaintrace.report.issuing import at_issuer, holder_kind, places
from chaintrace.report.markup import Child, Html, code, joined, tag
from chaintrace.report.page_tables import cut
from chaintrace.report.wording import ISSUER_NOT_TOLD, ISSUER_STATE, NO_ISSUER, issuer_power

HEADINGS = ("Address", "The contract says", "As of height", "It has there", "Holder")


def issuers(report: Report) -> Html:
    """A part for each token of the list that the main method leaves or credits somewhere."""
    tokens = [
        (issued(*key), [place[2] for place in group])
        for key, group in groupby(places(report.inputs), key=lambda place: place[:2])
    ]
    parts = [_token(report, token, addresses) for token, addresses in tokens if token is not None]
    return joined((tag("h2", "What an issuer can do", id="issuers"), parts or tag("p", NO_ISSUER)))


def _token(report: Report, token: Issued, addresses: list[str]) -> Html:
    """One token: the power of its issuer, where and when that was read, and what was told of each address."""
    asset = assets_of(report.inputs).get((token.chain, token.contract), Asset(token.chain, token.contract))
    read = (" Read at ", code(token.source.removeprefix("https://")), f" on {token.checked.isoformat()}.")
    return joined(
        (
            tag("h3", f"{asset.name or 'A token'}, ", code(token.contract), f" on {token.chain}"),
            tag("p", issuer_power(token.issuer, token.power), tag("span", read, class_="soft")),
            _addresses(report, asset, addresses) if token.power != "none" else None,
        )
    )


def _addresses(report: Report, asset: Asset, addresses: list[str]) -> Html:
    """What the contract says of each address, and in words what is open."""
    key = asset.chain, asset.contract
    told = [(address, at_issuer(report.inputs, *key, address)[0]) for address in addresses]
    rows = [_row(report, asset, address, one) for address, one in told]
    words = [tag("li", code(address), f": {sentence}") for address, one in told for sentence in one.words]
    return joined(
        (
            tag("p", ISSUER_STATE, class_="soft"),
            cut(rows, "resting.csv", HEADINGS, (2, 3)),
            tag("p", ISSUER_NOT_TOLD) if any(not one.state for _, one in told) else None,
            tag("ul", words) if words else None,
        )
    )


def _row(report: Report, asset: Asset, address: str, one: AtIssuer) -> tuple[Child, ...]:
    return (
        code(address),
        tag("b", one.state) if one.state else "not known",
        one.height,
        prose(one.balance, asset) if one.balance is not None else None,
        holder_kind(report.inputs, asset.chain, asset.contract, address),
    )
