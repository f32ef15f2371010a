"""Batches against a payroll that refuses, half obeys and loses answers: everybody is accounted for.

The property tests let a model payroll do its worst; the others show one case each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration_hub.core.errors import (
    BatchRefused,
    ConfigurationError,
    HubError,
    IncompleteRead,
    OutcomeUnknown,
    RateLimited,
    TransientError,
    UnrecognisedAnswer,
)
from payroll.batches import SAME_REFUSAL_LIMIT, BatchSender, Report
from payroll.records import Write, Written


def writes(count: int) -> list[Write]:
    return [Write(f"c{n}", {"code": f"{1000 + n}"}) for n in range(count)]


def confirmed(write: Write) -> Written:
    return Written(write.client_id, f"t{write.client_id}", write.values)


@dataclass
class Payroll:
    """Refuses the `bad`; everything else is how well it behaves meanwhile.

    `names`: a refusal names the first bad value. `half_obeys`: the good of a refused request are
    written all the same; `says_so`: and confirmed beside the refusal. `loses`: by number of the
    request, whether it was carried out before its answer was lost.
    """

    bad: frozenset[str] = frozenset()
    names: bool = False
    half_obeys: bool = False
    says_so: bool = False
    loses: dict[int, bool] = field(default_factory=dict)
    one_reason: bool = False
    requests: list[list[str]] = field(default_factory=list)
    reads: int = 0
    held: Counter[str] = field(default_factory=Counter)

    def send(self, part: Sequence[Write]) -> Sequence[Written]:
        assert part, "an empty request was sent"
        number = len(self.requests)
        self.requests.append([write.client_id for write in part])
        carried_out = self.loses.get(number)
        if carried_out is not None:
            if carried_out:
                self._keep(write for write in part if write.client_id not in self.bad)
            raise OutcomeUnknown("No answer.")
        bad = [write for write in part if write.client_id in self.bad]
        if bad:
            raise self._refusal(part, bad[0])
        return self._keep(part)

    def read_back(self, part: Sequence[Write]) -> Sequence[Written]:
        self.reads += 1
        return [confirmed(write) for write in part if write.client_id in self.held]

    def _keep(self, part: object) -> list[Written]:
        kept = [confirmed(write) for write in part]  # type: ignore[attr-defined]
        self.held.update(written.client_id for written in kept)
        return kept

    def _refusal(self, part: Sequence[Write], guilty: Write) -> BatchRefused:
        done: Sequence[Written] = ()
        if self.half_obeys:
            good = [write for write in part if write.client_id not in self.bad]
            new = [write for write in good if write.client_id not in self.held]
            self._keep(new)
            done = [confirmed(write) for write in good] if self.says_so else ()
        value = str(guilty.values["code"])
        code = "REFUSED" if self.one_reason else f"REFUSED.{value}"
        if self.names:
            return BatchRefused("No.", code=code, path="code.x", value=value, done=done)
        return BatchRefused("No.", code=code, done=done)


def delivered(
    payroll: Payroll, people: Sequence[Write], *, reads: bool = True
) -> Report[Write, Written]:
    return BatchSender(payroll.send, payroll.read_back if reads else None).deliver(people)


def accounted(report: Report[Write, Written]) -> list[str]:
    """Everybody in the report, once per list that they stand in."""
    return sorted(
        [written.client_id for written in report.written]
        + list(report.refused)
        + [write.client_id for write in report.unknown]
        + [write.client_id for write in report.unsent]
    )


def written_ids(report: Report[Write, Written]) -> set[str]:
    return {written.client_id for written in report.written}


@st.composite
def payrolls(draw: st.DrawFn, *, loses: bool = False) -> tuple[Payroll, list[Write]]:
    people = writes(draw(st.integers(1, 40)))
    ids = [write.client_id for write in people]
    lost = draw(st.dictionaries(st.integers(0, 12), st.booleans())) if loses else {}
    payroll = Payroll(
        bad=draw(st.frozensets(st.sampled_from(ids))),
        names=draw(st.booleans()),
        half_obeys=draw(st.booleans()),
        says_so=draw(st.booleans()),
        loses=lost,
    )
    return payroll, people


@given(payrolls(loses=True))
def test_everybody_ends_in_exactly_one_list(case: tuple[Payroll, list[Write]]) -> None:
    payroll, people = case
    assert accounted(delivered(payroll, people)) == sorted(w.client_id for w in people)


@given(payrolls(loses=True))
def test_nobody_who_was_written_is_sent_again(case: tuple[Payroll, list[Write]]) -> None:
    payroll, people = case
    delivered(payroll, people)
    assert [name for name, times in payroll.held.items() if times > 1] == []


@given(payrolls())
def test_the_bad_are_refused_and_everybody_else_is_written(
    case: tuple[Payroll, list[Write]],
) -> None:
    payroll, people = case
    report = delivered(payroll, people)
    assert set(report.refused) == payroll.bad
    assert written_ids(report) == set(payroll.held) == {w.client_id for w in people} - payroll.bad
    assert (report.unknown, report.unsent, report.stopped) == ([], [], None)


@given(payrolls(loses=True))
def test_nobody_good_is_called_refused_and_nobody_bad_written(
    case: tuple[Payroll, list[Write]],
) -> None:
    payroll, people = case
    report = delivered(payroll, people)
    assert set(report.refused) <= payroll.bad
    assert payroll.bad.isdisjoint(written_ids(report))
    assert written_ids(report) <= set(payroll.held)


@given(payrolls(loses=True))
def test_whoever_payroll_holds_is_known_to_be_there_or_in_doubt(
    case: tuple[Payroll, list[Write]],
) -> None:
    payroll, people = case
    report = delivered(payroll, people)
    assert set(payroll.held) <= written_ids(report) | {w.client_id for w in report.unknown}


def test_a_named_value_costs_one_more_request_however_large_the_batch() -> None:
    payroll = Payroll(bad=frozenset({"c77"}), names=True)
    delivered(payroll, writes(200))
    assert len(payroll.requests) == 2


def test_an_unnamed_one_is_found_by_halving() -> None:
    payroll = Payroll(bad=frozenset({"c77"}))
    assert set(delivered(payroll, writes(128)).refused) == {"c77"}
    assert len(payroll.requests) == 15  # the whole, then two halves at each of seven levels


def test_a_value_that_several_people_hold_refuses_them_all_at_once() -> None:
    people = [Write(f"c{n}", {"glObject1": "2760" if n % 2 else "1000"}) for n in range(6)]
    sent: list[list[str]] = []

    def send(part: Sequence[Write]) -> Sequence[Written]:
        sent.append([write.client_id for write in part])
        if any(write.values["glObject1"] == "2760" for write in part):
            raise BatchRefused("No.", code="LOOKUP", path="glObject1.code", value="2760")
        return [confirmed(write) for write in part]

    report = BatchSender(send).deliver(people)
    assert set(report.refused) == {"c1", "c3", "c5"}
    assert sent == [[f"c{n}" for n in range(6)], ["c0", "c2", "c4"]]


def test_a_named_value_that_nobody_holds_leads_to_halving() -> None:
    def send(part: Sequence[Write]) -> Sequence[Written]:
        if any(write.client_id == "c2" for write in part):
            raise BatchRefused("No.", code="LOOKUP", path="code", value="as payroll wrote it")
        return [confirmed(write) for write in part]

    report = BatchSender(send).deliver(writes(4))
    assert (set(report.refused), written_ids(report)) == ({"c2"}, {"c0", "c1", "c3"})


def test_the_rest_goes_in_the_order_given() -> None:
    payroll = Payroll(bad=frozenset({"c1"}))
    report = delivered(payroll, writes(8), reads=False)
    assert [written.client_id for written in report.written] == [
        f"c{n}" for n in range(8) if n != 1
    ]


def test_nothing_to_send_sends_nothing() -> None:
    payroll = Payroll()
    assert accounted(delivered(payroll, [])) == []
    assert payroll.requests == []


def test_a_refused_batch_of_creates_is_read_back_before_it_is_sent_again() -> None:
    payroll = Payroll(bad=frozenset({"c0"}), half_obeys=True)
    report = delivered(payroll, writes(3))
    assert written_ids(report) == {"c1", "c2"}
    assert payroll.reads == 1
    assert payroll.requests == [["c0", "c1", "c2"], ["c0"]]


def test_updates_are_sent_again_without_reading() -> None:
    payroll = Payroll(bad=frozenset({"c0"}), half_obeys=True)
    assert written_ids(delivered(payroll, writes(3), reads=False)) == {"c1", "c2"}
    assert payroll.reads == 0


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_lost_answer_is_never_split_or_sent_again(carried_out: bool) -> None:
    payroll = Payroll(bad=frozenset({"c0"}), loses={0: carried_out})
    report = delivered(payroll, writes(4))
    assert len(payroll.requests) == 1
    assert {write.client_id for write in report.unknown} == {"c0", "c1", "c2", "c3"}
    assert report.stopped is None


@pytest.mark.parametrize("error", [OutcomeUnknown, UnrecognisedAnswer])
def test_what_a_doubtful_answer_still_confirms_is_written(error: type[OutcomeUnknown]) -> None:
    people = writes(3)

    def send(part: Sequence[Write]) -> Sequence[Written]:
        raise error("Cut short.", done=[confirmed(part[0])])

    report = BatchSender(send).deliver(people)
    assert (written_ids(report), report.unknown) == ({"c0"}, people[1:])
    assert (report.stopped is None) == (error is OutcomeUnknown)


def test_after_a_lost_answer_the_other_parts_still_go() -> None:
    payroll = Payroll(bad=frozenset({"c0"}), loses={1: False})
    report = delivered(payroll, writes(4))
    assert {write.client_id for write in report.unknown} == {"c0", "c1"}
    assert written_ids(report) == {"c2", "c3"}


@pytest.mark.parametrize(
    ("error", "column"),
    [
        (UnrecognisedAnswer("What?"), "unknown"),
        (TransientError("Later."), "unsent"),
        (RateLimited("Later.", wait=1200), "unsent"),
        (ConfigurationError("No right."), "unsent"),
    ],
)
def test_what_is_not_a_persons_fault_stops_the_batch(error: HubError, column: str) -> None:
    requests = 0

    def send(part: Sequence[Write]) -> Sequence[Written]:
        nonlocal requests
        requests += 1
        if len(part) == 4:
            raise BatchRefused("No.", code="REFUSED")
        raise error

    report = BatchSender(send).deliver(writes(4))
    assert (report.stopped, requests) == (error, 2)
    assert [write.client_id for write in getattr(report, column)][:2] == ["c0", "c1"]
    assert {"c2", "c3"} <= {write.client_id for write in report.unsent}
    assert accounted(report) == ["c0", "c1", "c2", "c3"]


def test_where_payroll_cannot_be_read_back_nobody_is_sent_again() -> None:
    error = IncompleteRead("Cut short.")
    payroll = Payroll(bad=frozenset({"c0"}))

    def read_back(part: Sequence[Write]) -> Sequence[Written]:
        raise error

    report = BatchSender(payroll.send, read_back).deliver(writes(4))
    assert (len(payroll.requests), report.stopped) == (1, error)
    assert len(report.unknown) == 4


def test_the_same_refusal_again_and_again_stops_the_run() -> None:
    payroll = Payroll(bad=frozenset(f"c{n}" for n in range(20)), one_reason=True)
    report = delivered(payroll, writes(20), reads=False)
    assert len(report.refused) == SAME_REFUSAL_LIMIT
    assert isinstance(report.stopped, BatchRefused)
    assert len(report.unsent) == 20 - SAME_REFUSAL_LIMIT


def test_refusals_are_remembered_from_batch_to_batch() -> None:
    people = writes(SAME_REFUSAL_LIMIT)
    payroll = Payroll(bad=frozenset(w.client_id for w in people), one_reason=True)
    sender = BatchSender(payroll.send)
    stopped = [sender.deliver([write]).stopped is not None for write in people]
    assert stopped == [False] * (SAME_REFUSAL_LIMIT - 1) + [True]


def test_different_refusals_do_not_stop_the_run() -> None:
    payroll = Payroll(bad=frozenset(f"c{n}" for n in range(20)))
    report = delivered(payroll, writes(20), reads=False)
    assert (len(report.refused), report.stopped) == (20, None)
