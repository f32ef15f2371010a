"""Time off in X-ledger: what the schema allows, the codes, the rows there, and writing them.

After "xledger.md" section 5: no public source shows a write of absences, and what a write gives
back is unknown. So whatever comes back, no row is ever added a second time to learn its dbId: it is
looked up among the rows of its days, and where that leaves a doubt the outcome is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from integration_hub.core.errors import (
    AccessRefused,
    BatchRefused,
    ConfigurationError,
    HubError,
    IncompleteRead,
    OutcomeUnknown,
    UnrecognisedAnswer,
)
from payroll.records import Period, PickListEntry
from payroll.timeoff.records import (
    Channel,
    ChannelRights,
    TimeOffThere,
    TimeOffWrite,
    TimeOffWritten,
)

from . import timeoff_queries as queries
from .answers import JsonObject, edges_of
from .client import XledgerClient
from .pages import opaque_id, page_of
from .pick_lists import entries, kind_of, one_per_code
from .timeoff_rows import CODE_FIELDS, SHAPES, Shape, alike, node_input, row_there, same, touches

__all__ = ["CHANNELS", "CODE_FIELDS", "TimeOffDesk", "channel_rights"]

CHANNELS = (Channel.ABSENCES, Channel.TIMESHEETS, Channel.FILE)
SAMPLE = 200  # rows that show which kind of value is in use as a code

_ONE_DAY = timedelta(days=1)


def channel_rights(capabilities: Mapping[str, bool]) -> Mapping[Channel, ChannelRights]:
    """What each channel can do by the names of `xledger.capabilities`; a file only adds."""
    rights = {
        channel: ChannelRights(
            add=capabilities.get(channel.value, False),
            change=capabilities.get(f"{channel.value}_change", False),
            remove=capabilities.get(f"{channel.value}_remove", False),
        )
        for channel in SHAPES
    }
    return {**rights, Channel.FILE: ChannelRights(add=True)}


@dataclass
class TimeOffDesk:
    """Absences and timesheet rows over one connection.

    `_clientid_only` are the mutations whose answer was found to have no node.
    """

    client: XledgerClient
    _clientid_only: set[str] = field(default_factory=set)

    def codes(self, channel: Channel, code_field: str) -> Sequence[PickListEntry]:
        """The values of the kinds that stand as a code in rows there; empty where there is none.

        The numbers of the kinds are not known. A file has the codes of absences, if they can be
        read: a token that may only reach a file's system cannot.
        """
        if channel is not Channel.FILE:
            return self._codes(SHAPES[channel], code_field)
        try:
            return self._codes(SHAPES[Channel.ABSENCES], "")
        except (ConfigurationError, IncompleteRead):
            return ()

    def _codes(self, shape: Shape, code_field: str) -> Sequence[PickListEntry]:
        name = shape.code_field(code_field)
        data = self.client.read(queries.sample(shape, name), {"last": SAMPLE})
        values = [node.get(name) for node in page_of(data, shape.root).nodes.values()]
        kinds = {kind_of(value) for value in values if isinstance(value, dict)} - {""}
        pages = [
            self.client.pages(queries.of_kind(kind), {}, "objectValues") for kind in sorted(kinds)
        ]
        return one_per_code(entries(node for page in pages for node in page))

    def there(self, channel: Channel, period: Period, code_field: str) -> Sequence[TimeOffThere]:
        """Every row that touches the period; none of a file, which cannot be read back.

        Raises IncompleteRead where a row is not to be understood.
        """
        if channel is Channel.FILE:
            return ()
        shape = SHAPES[channel]
        rows = _understood(shape, self._in(shape, period), code_field, period)
        return [row for row in rows if touches(row, period)]

    def add(self, channel: Channel, writes: Sequence[TimeOffWrite]) -> Sequence[TimeOffWritten]:
        return self._write(channel, "add", writes)

    def change(self, channel: Channel, writes: Sequence[TimeOffWrite]) -> Sequence[TimeOffWritten]:
        return self._write(channel, "update", writes)

    def remove(self, channel: Channel, target_ids: Sequence[str]) -> Sequence[str]:
        """Removes rows; what the answer does not settle is read back."""
        shape = SHAPES[channel]
        mutation = f"remove{shape.plural}"
        ids = {"dbIds": [int(each) for each in target_ids]}
        try:
            data = self.client.write(queries.removal(mutation), ids)
        except BatchRefused as refusal:
            refusal.path = ""
            refusal.done = tuple(self._gone(shape, target_ids))
            if len(refusal.done) == len(target_ids):
                return target_ids
            raise
        result = data.get(mutation)
        count = result.get("numAffected") if isinstance(result, dict) else None
        if count == len(target_ids):
            return target_ids
        return self._gone(shape, target_ids)

    # --- reading ----------------------------------------------------------------------------------

    def _in(self, shape: Shape, period: Period) -> Iterator[JsonObject]:
        """Rows that may touch the period, some more besides.

        Of absences only their beginning narrows the read, as one may have no end yet; that filter
        is a guess, and without it all of them are read.
        """
        before = None if period.end is None else (period.end + _ONE_DAY).isoformat()
        limits = {f"{shape.first}_lt": before}
        if shape.first == shape.last:
            limits[f"{shape.first}_gte"] = period.start.isoformat()
        return self._read(shape, {key: ("String", day) for key, day in limits.items() if day})

    def _read(self, shape: Shape, limits: Mapping[str, tuple[str, Any]]) -> Iterator[JsonObject]:
        """The rows that meet every limit, a filter's key with its type and value."""
        variables = {key: value for key, (_type, value) in limits.items()}
        types = {key: kind for key, (kind, _value) in limits.items()}
        try:
            return self.client.pages(queries.reading(shape, types), variables, shape.root)
        except AccessRefused:
            raise
        except (ConfigurationError, IncompleteRead):
            if not limits or shape.first == shape.last:  # those of timesheets are evidenced
                raise
        return self.client.pages(queries.reading(shape, {}), {}, shape.root)

    def _gone(self, shape: Shape, target_ids: Sequence[str]) -> list[str]:
        """Those of the ids that X-ledger does not have. Raises OutcomeUnknown where unreadable."""
        numbers = [int(each) for each in target_ids]
        with _after_a_write():
            limits = {"dbId_in": ("[Int64String!]", numbers)}
            found = {opaque_id(node.get("dbId")) for node in self._read(shape, limits)}
        return [each for each in target_ids if each not in found]

    # --- writing ----------------------------------------------------------------------------------

    def _write(
        self, channel: Channel, verb: str, writes: Sequence[TimeOffWrite]
    ) -> Sequence[TimeOffWritten]:
        shape = SHAPES[channel]
        inputs = [{"clientId": w.client_id, "node": node_input(shape, w)} for w in writes]
        mutation = f"{verb}{shape.plural}"
        try:
            data = self._send(mutation, inputs)
        except BatchRefused as refusal:
            refusal.path = shape.path(refusal.path)
            refusal.done = tuple(self._confirmed(shape, mutation, refusal.done, writes))
            raise
        written = self._confirmed(shape, mutation, edges_of(data, mutation), writes)
        if len(written) < len(writes):
            raise _unconfirmed(len(writes) - len(written), written)
        return written

    def _send(self, mutation: str, inputs: Sequence[JsonObject]) -> JsonObject:
        """One write, asking for the dbId.

        A schema without it turns the document away unexecuted, so the next is no second write.
        """
        variables = {"inputs": inputs}
        if mutation in self._clientid_only:
            return self.client.write(queries.writing(mutation, "clientId"), variables)
        try:
            return self.client.write(queries.writing(mutation, "clientId node { dbId }"), variables)
        except AccessRefused:
            raise
        except ConfigurationError as error:
            if not any(name in error.message for name in ("“node”", "“dbId”")):
                raise
        self._clientid_only.add(mutation)
        return self.client.write(queries.writing(mutation, "clientId"), variables)

    def _confirmed(
        self,
        shape: Shape,
        mutation: str,
        edges: Sequence[JsonObject],
        writes: Sequence[TimeOffWrite],
    ) -> list[TimeOffWritten]:
        """The writes that `edges` confirm, in the order sent, each by its dbId.

        Raises OutcomeUnknown where one was added and cannot be told from others, UnrecognisedAnswer
        where an edge answers no write of ours, one twice, or another row.
        """
        asked = {write.client_id: write for write in writes}
        ids = _ids(edges, asked)
        nameless = [asked[client_id] for client_id, db_id in ids.items() if not db_id]
        for write in nameless:
            if write.target_id and mutation in self._clientid_only:
                ids[write.client_id] = write.target_id
        added = [write for write in nameless if not write.target_id]
        found = {key: db_id for key, db_id in ids.items() if db_id}
        if added:
            found |= self._identified(shape, added, frozenset(found.values()))
        written = [TimeOffWritten(key, found[key]) for key in asked if key in found]
        if len(found) < len(ids):
            raise _unconfirmed(len(ids) - len(found), written)
        return written

    def _identified(
        self, shape: Shape, writes: Sequence[TimeOffWrite], taken: frozenset[str]
    ) -> dict[str, str]:
        """The dbIds of rows just added, by client id, where they are beyond doubt.

        A row is known by person, code and days, as payroll may round the rest. Where more rows than
        writes are alike somebody else's is among them, and none is taken.
        """
        period = Period(min(w.start for w in writes), max(w.end for w in writes))
        groups: defaultdict[tuple[Any, ...], list[TimeOffWrite]] = defaultdict(list)
        for write in writes:
            groups[write.code_field, write.employee, write.code, write.start, write.end] += [write]
        with _after_a_write():
            nodes = list(self._in(shape, period))
            rows = {
                name: _understood(shape, nodes, name, period)
                for name in {write.code_field for write in writes}
            }
        found: dict[str, str] = {}
        for (code_field, *_), group in groups.items():
            free = [row for row in rows[code_field] if row.target_id not in taken]
            found |= _paired(group, [row for row in free if same(row, group[0])])
        return found


@contextmanager
def _after_a_write() -> Iterator[None]:
    """Makes any error of a read-back an unknown outcome: the write before it did happen.

    Also what the caller's own `on_request` raises, which else would mean that nothing went out.
    """
    try:
        yield
    except Exception as error:
        detail = error.detail if isinstance(error, HubError) else type(error).__name__
        message = "X-ledger took a write, and what became of it could not be read."
        raise OutcomeUnknown(message, detail=detail) from error


def _paired(writes: Sequence[TimeOffWrite], rows: Sequence[TimeOffThere]) -> dict[str, str]:
    """Each write's row among those that may be theirs; empty at any doubt."""
    if len(rows) != len(writes):
        return {}
    if len(rows) == 1:
        return {writes[0].client_id: rows[0].target_id}
    pairs = {w.client_id: [row.target_id for row in rows if alike(row, w)] for w in writes}
    found = {key: ids[0] for key, ids in pairs.items() if len(ids) == 1}
    return found if len(set(found.values())) == len(writes) else {}


def _ids(edges: Sequence[JsonObject], asked: Mapping[str, TimeOffWrite]) -> dict[str, str]:
    """The dbId that each edge gives, by client id; empty where it gives none."""
    ids: dict[str, str] = {}
    for edge in edges:
        client_id, node = edge.get("clientId"), edge.get("node")
        if not isinstance(client_id, str) or client_id not in asked or client_id in ids:
            raise UnrecognisedAnswer("X-ledger confirmed a write that the Hub did not send.")
        given = node.get("dbId") if isinstance(node, dict) else None
        try:
            ids[client_id] = "" if given is None else opaque_id(given)
        except ValueError:
            raise UnrecognisedAnswer("X-ledger confirmed a write with no usable dbId.") from None
        expected = asked[client_id].target_id
        if expected and ids[client_id] not in ("", expected):
            raise UnrecognisedAnswer("X-ledger confirmed a write on another row than the one sent.")
    return ids


def _understood(
    shape: Shape, nodes: Iterator[JsonObject] | Sequence[JsonObject], chosen: str, period: Period
) -> list[TimeOffThere]:
    try:
        return [row_there(shape, node, chosen, period) for node in nodes]
    except ValueError:
        message = f"X-ledger gave one of its {shape.root} without a person or a day."
        raise IncompleteRead(message) from None


def _unconfirmed(missing: int, written: Sequence[TimeOffWritten]) -> OutcomeUnknown:
    message = f"X-ledger took a write and left {missing} of its rows unconfirmed."
    return OutcomeUnknown(message, done=written)
