"""When the exact traces run: as often as they can spare questions, and never left out for good."""

from chaintrace.case.explore import GRAIN, _Growth


def test_an_exact_trace_is_due_when_the_facts_have_grown_and_questions_wait():
    growth = _Growth(known=1_000, percent=400)
    assert not growth.is_due(3_999, waiting=3_999)
    assert growth.is_due(4_000, waiting=4_000 // GRAIN)


def test_where_hardly_a_question_waits_it_comes_later_but_comes():
    growth = _Growth(known=1_000, percent=400)
    assert not growth.is_due(4_000, waiting=1)
    assert not growth.is_due(7_999, waiting=0)
    assert growth.is_due(8_000, waiting=0)
