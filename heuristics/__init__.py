"""The heuristics that ship with chaintrace: pure functions from facts to findings.

Each rule stands here with its stage, its name, its confidence (0-100) and its version; what it says and how often it
errs is its docstring. chaintrace finds this tuple through the entry point `chaintrace.heuristics`.
"""

from importlib import import_module

from chaintrace.model.finding import Heuristic, Stage, Subject


def rule(  # what a heuristic is made of
    stage: Stage,
    name: str,
    confidence: int,
    *,
    version: int = 1,
    subject: Subject = "transaction",
    by_name: bool = False,
    of_tags: bool = False,
) -> Heuristic:
    """The rule that is the function `name` in `heuristics/<stage>/<name>.py`. Raises ImportError for none."""
    function = getattr(import_module(f"heuristics.{stage}.{name}"), name)
    return Heuristic(function, stage, confidence, version, subject, by_name=by_name, of_tags=of_tags)


ALL: tuple[Heuristic, ...] = (
    rule("noise", "airdrop_spam", 60, subject="address"),
    rule("noise", "dust", 50),
    rule("noise", "fake_token", 90, subject="address"),
    rule("noise", "forced_address_reuse", 40),
    rule("noise", "memo_spam", 40, subject="address"),
    rule("noise", "poisoning", 90, subject="address"),
    rule("noise", "self_transfer", 100, subject="address"),
    rule("noise", "wash_loop", 20, subject="address"),
    rule("control", "common_input", 50, version=3),
    rule("control", "change", 70, version=4),
    rule("control", "change_joinmarket", 30),
    rule("control", "peel_chain", 30),
    rule("control", "funder", 20, subject="address"),
    rule("control", "self_authorisation", 10, subject="address"),
    rule("control", "shared_consolidation", 15, subject="address"),
    rule("control", "top_up_sweep", 30),
    rule("services", "busy", 40, subject="address"),
    rule("services", "coinjoin_generic", 40, version=4),
    rule("services", "coinjoin_joinmarket", 60, version=3),
    rule("services", "coinjoin_wasabi1", 90, version=4),
    rule("services", "coinjoin_wasabi2", 90, version=4),
    rule("services", "coinjoin_whirlpool", 90, version=2),
    rule("services", "contract", 80, version=2, subject="address"),
    rule("services", "deposit_address", 50, version=2, subject="address"),
    rule("services", "mixer", 90, subject="address"),
    rule("services", "sanctioned", 60, subject="address", by_name=True, of_tags=True),
    rule("services", "whirlpool_tx0", 90, version=2),
    rule("continuations", "bridge", 90, version=2),
    rule("continuations", "by_amount", 20),
    rule("continuations", "by_code", 20, version=2),
    rule("continuations", "by_memo", 40),
    rule("continuations", "by_service", 10),
    rule("continuations", "not_continued", 80, version=2),
    rule("continuations", "swap", 80, version=2),
    rule("continuations", "wrap", 95),
)
