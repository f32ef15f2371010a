"""X-ledger as a target: people are read in full, created and updated in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.utils.functional import classproperty

from integration_hub.core.errors import (
    BatchRefused,
    ConfigurationError,
    OutcomeUnknown,
    UnrecognisedAnswer,
)
from integration_hub.core.http import HttpClient
from integration_hub.core.limiter import MovingWindow, Slots, VendorLimits, account_key
from payroll.dated.ports import DatedTarget
from payroll.dated.records import DatedRow, RowKind, RowWrite, RowWritten
from payroll.mapping import MappingRow
from payroll.ports import (
    Allowance,
    Connection,
    ConnectionReport,
    CredentialSpec,
    FixedValue,
)
from payroll.records import (
    FieldSpec,
    FieldType,
    Period,
    PickListEntry,
    PickLists,
    TargetEmployee,
    Write,
    Written,
)
from payroll.timeoff.ports import TimeOffTarget
from payroll.timeoff.records import (
    Channel,
    ChannelRights,
    TimeOffThere,
    TimeOffWrite,
    TimeOffWritten,
)

from . import dated_rows, normalize, queries, rights, timeoff
from .answers import JsonObject, edges_of
from .client import XledgerClient
from .fields import DEFAULT_MAPPINGS, EMPLOYEE_FIELDS, FIXED_VALUES, SPECS
from .pay_rates import PAY_RATE_ROWS
from .pick_lists import entries, kind_of, one_per_code
from .positions import POSITION_ROWS

BURST_REQUESTS = 20  # requests in BURST_SECONDS ("xledger.md" section 2)
BURST_SECONDS = 5
AT_ONCE = 3  # requests; how many X-ledger allows is unknown, so few (section 2)
SPARE_SECONDS = 10  # for which a slot outlives the longest request
ALLOWANCE = Allowance(5000, "X-ledger's UK price list")  # "xledger.md" section 2; others unknown

_GROUPS = "employeeGroup"  # the one pick list with a root of its own
_ROW_SHAPES = {shape.kind: shape for shape in (POSITION_ROWS, PAY_RATE_ROWS)}
_CODED = [spec.key for spec in EMPLOYEE_FIELDS if spec.type is FieldType.CODE]

_HOW_TO_GET_ONE = (
    "Log in to X-ledger as a Domain Administrator and open the page API tokens: "
    "https://www.xledger.net/f/api-tokens (Administration, System Access, GraphQL, API tokens).\n"
    "Choose Generate new token and describe it, for example “Simployer One”.\n"
    "Tick Read and Write for Accounts Payable, Accounts Receivable, Common, General Ledger and "
    "Human Resources.\n"
    "Choose Generate token.\n"
    "Copy the token and paste it here; X-ledger shows it only once."
)


class XledgerTarget(TimeOffTarget, DatedTarget):
    """People, their pay and their time off in the X-ledger company of the token."""

    kind: ClassVar[str] = "xledger"
    label: ClassVar[str] = "X-ledger"
    credentials: ClassVar[tuple[CredentialSpec, ...]] = (
        CredentialSpec("token", "X-ledger API token", _HOW_TO_GET_ONE),
    )
    fields: ClassVar[tuple[FieldSpec, ...]] = EMPLOYEE_FIELDS
    number_field: ClassVar[str] = "code"
    end_field: ClassVar[str] = "employmentTo"
    default_mappings: ClassVar[tuple[MappingRow, ...]] = DEFAULT_MAPPINGS
    fixed_values: ClassVar[tuple[FixedValue, ...]] = FIXED_VALUES
    monthly_allowance: ClassVar[Allowance | None] = ALLOWANCE
    row_kinds: ClassVar[tuple[RowKind, ...]] = tuple(_ROW_SHAPES)
    time_off_channels: ClassVar[tuple[Channel, ...]] = timeoff.CHANNELS
    time_off_code_fields: ClassVar[Mapping[Channel, Sequence[PickListEntry]]] = timeoff.CODE_FIELDS

    def __init__(self, client: XledgerClient) -> None:
        self._client = client
        self._kinds: Mapping[str, frozenset[str]] | None = None
        self._time_off = timeoff.TimeOffDesk(client)

    @classproperty
    def batch_size(self) -> int:
        """People per write, as the settings say now."""
        return int(settings.XLEDGER_BATCH_SIZE)

    @classmethod
    def environments(cls) -> Mapping[str, str]:
        return dict(settings.XLEDGER_ENVIRONMENTS)

    @classmethod
    def connect(cls, connection: Connection) -> XledgerTarget:
        """A connection that shares its token's limits with every other one.

        Raises ConfigurationError for something that cannot be a token.
        """
        token = connection.credentials.get("token", "").strip()
        if not token.isascii() or not token.isprintable() or not token or " " in token:
            raise ConfigurationError("This is no X-ledger API token. Copy it again and set it.")
        key, url, sleep = account_key(cls.kind, token), settings.REDIS_URL, connection.sleep
        longest = int(sum(connection.timeout)) + BURST_SECONDS + SPARE_SECONDS
        limiter = VendorLimits(
            MovingWindow(key, BURST_REQUESTS, BURST_SECONDS, url, sleep),
            Slots(key, AT_ONCE, longest, url, sleep),
        )
        http = HttpClient(
            name=cls.label,
            base_url=connection.url,
            headers={"Authorization": f"token {token}"},
            limiter=limiter,
            read_only=connection.read_only,
            sleep=connection.sleep,
            on_request=connection.on_request,
            attempts=connection.attempts,
            timeout=connection.timeout,
        )
        return cls(XledgerClient(http))

    @property
    def requests_sent(self) -> int:
        return self._client.http.requests_sent

    def close(self) -> None:
        self._client.http.close()

    def check_connection(self) -> ConnectionReport:
        """The company, every read right a sync needs, and what can be written: 6 requests.

        One more for each list whose write the schema offers: whether it can be read.
        """
        return rights.check(self._client)

    def employees(self) -> Sequence[TargetEmployee]:
        """Everyone in the token's company, ended people and people without a number included."""
        nodes = list(self._client.pages(queries.EMPLOYEES, {}, "employees"))
        self._kinds = _kinds_in_use(nodes)
        return [normalize.employee(node) for node in nodes]

    def pick_lists(self) -> PickLists:
        """Employee groups, and for each other CODE field the values of the kind it uses.

        The numbers of X-ledger's object kinds are not known ("xledger.md" section 5), so a field's
        kind is taken from values that the employees read last have in it (they are read now if
        they were not). A field that nobody uses, or whose list comes empty, is left out.
        """
        if self._kinds is None:
            self.employees()
        groups = self._client.pages(queries.EMPLOYEE_GROUPS, {}, "employeeGroups")
        lists = {_GROUPS: tuple(entries(groups))}
        if self._kinds:
            by_kind: dict[str, list[JsonObject]] = defaultdict(list)
            for node in self._client.pages(queries.OBJECT_VALUES, {}, "objectValues"):
                by_kind[kind_of(node)].append(node)
            for key, kinds in self._kinds.items():
                nodes = [node for kind in sorted(kinds) for node in by_kind[kind]]
                lists[key] = one_per_code(entries(nodes))
        return {key: found for key, found in lists.items() if found}

    def create(self, writes: Sequence[Write]) -> Sequence[Written]:
        inputs = [_input(write, {}) for write in writes]
        return self._send(queries.ADD_EMPLOYEES, "addEmployees", inputs, writes)

    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        inputs = [_input(write, {"dbId": int(write.target_id)}) for write in writes]
        return self._send(queries.UPDATE_EMPLOYEES, "updateEmployees", inputs, writes)

    def dated_rows(self, kind: RowKind) -> Sequence[DatedRow]:
        return dated_rows.rows_of(self._client, _ROW_SHAPES[kind])

    def add_dated_rows(self, kind: RowKind, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
        return dated_rows.add(self._client, _ROW_SHAPES[kind], writes)

    def change_dated_rows(self, kind: RowKind, writes: Sequence[RowWrite]) -> Sequence[RowWritten]:
        return dated_rows.change(self._client, _ROW_SHAPES[kind], writes)

    @classmethod
    def channel_rights(cls, capabilities: Mapping[str, bool]) -> Mapping[Channel, ChannelRights]:
        return timeoff.channel_rights(capabilities)

    def time_off_codes(self, channel: Channel, code_field: str = "") -> Sequence[PickListEntry]:
        """The values of the kinds in use in payroll's rows; empty where it has none yet.

        Then the admin types the code: exact and case-sensitive.
        """
        return self._time_off.codes(channel, code_field)

    def time_off_there(
        self, channel: Channel, period: Period, code_field: str = ""
    ) -> Sequence[TimeOffThere]:
        return self._time_off.there(channel, period, code_field)

    def add_time_off(
        self, channel: Channel, writes: Sequence[TimeOffWrite]
    ) -> Sequence[TimeOffWritten]:
        return self._time_off.add(channel, writes)

    def change_time_off(
        self, channel: Channel, writes: Sequence[TimeOffWrite]
    ) -> Sequence[TimeOffWritten]:
        return self._time_off.change(channel, writes)

    def remove_time_off(self, channel: Channel, target_ids: Sequence[str]) -> Sequence[str]:
        return self._time_off.remove(channel, target_ids)

    def _send(
        self,
        document: str,
        root: str,
        inputs: Sequence[Mapping[str, Any]],
        writes: Sequence[Write],
    ) -> Sequence[Written]:
        try:
            data = self._client.write(document, {"inputs": inputs})
        except BatchRefused as refusal:
            refusal.path = normalize.field_at(refusal.path)
            refusal.done = tuple(_written(refusal.done, writes))
            raise
        written = _written(edges_of(data, root), writes)
        if len(written) < len(writes):
            missing = len(writes) - len(written)
            message = f"X-ledger did not confirm {missing} of {len(writes)} people."
            raise OutcomeUnknown(message, done=written)
        return written


def _input(write: Write, own: Mapping[str, Any]) -> dict[str, Any]:
    node = {**own, **normalize.node_input(write.values, SPECS)}
    return {"clientId": write.client_id, "node": node}


def _written(edges: Iterable[JsonObject], writes: Sequence[Write]) -> list[Written]:
    """The writes that `edges` confirm, in the order sent; the order of edges is not documented.

    Raises UnrecognisedAnswer where an edge answers no write of ours, one twice, or another person.
    """
    asked = {write.client_id: write for write in writes}
    found: dict[str, Written] = {}
    for edge in edges:
        client_id, node = edge.get("clientId"), edge.get("node")
        if not isinstance(client_id, str) or client_id not in asked or client_id in found:
            raise UnrecognisedAnswer("X-ledger confirmed a write that the Hub did not send.")
        if isinstance(node, dict) and node.get("dbId") is not None:
            found[client_id] = _confirmed(asked[client_id], node)
    return [found[write.client_id] for write in writes if write.client_id in found]


def _confirmed(write: Write, node: JsonObject) -> Written:
    try:
        person = normalize.employee(node)
    except ValueError:
        raise UnrecognisedAnswer("X-ledger confirmed a write with no usable dbId.") from None
    if write.target_id and person.id != write.target_id:
        raise UnrecognisedAnswer("X-ledger confirmed a write on another person than the one sent.")
    return Written(write.client_id, person.id, person.fields)


def _kinds_in_use(nodes: Iterable[JsonObject]) -> dict[str, frozenset[str]]:
    """The kinds of value that stand in each CODE field, where any do."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        for key in _CODED:
            kind = kind_of(node[key]) if isinstance(node.get(key), dict) else ""
            if kind:
                kinds[key].add(kind)
    return {key: frozenset(found) for key, found in kinds.items()}
