"""What mutations accept, store and answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.xledger.calling import ADD, UPDATE, Caller, Clock, calling, new_hire, small_sandbox


@pytest.fixture
def xledger() -> Iterator[Caller]:
    with calling(small_sandbox(clock=Clock())) as caller:
        yield caller


def nodes(answer: Any, root: str) -> list[dict[str, Any]]:
    return [edge["node"] for edge in answer["data"][root]["edges"]]


def someone(xledger: Caller) -> dict[str, Any]:
    return xledger.sandbox.employees[0]


def message(response: Any) -> str:
    return str(response.json()["errors"][0]["message"])


def test_a_new_employee_gets_a_contact_and_a_subledger(xledger: Caller) -> None:
    fields = {
        "initials": "KS",
        "phone": "+4790000001",
        "email": "kari@fjordkraft.example",
        "fullAddress": "Storgata 1, 0123 Oslo",
        "bankAccount": "12345678903",
        "employeeGroup": {"code": "10"},
    }
    answer = xledger.add(new_hire("20001", **fields)).json()
    (node,) = nodes(answer, "addEmployees")
    assert node["contact"]["firstName"] == "Kari"
    assert node["contact"]["email"] == "kari@fjordkraft.example"
    assert node["contact"]["address"] == {"fullAddress": "Storgata 1, 0123 Oslo"}
    assert node["subledger"]["bankAccount"] == "12345678903"
    assert node["employeeGroup"] == {"code": "10"}
    assert xledger.sandbox.by_code("20001")["phone"] == "+4790000001"


def test_every_client_id_comes_back_with_its_own_row(xledger: Caller) -> None:
    answer = xledger.add(*[new_hire(f"2000{n}") for n in range(5)]).json()
    edges = answer["data"]["addEmployees"]["edges"]
    assert [(e["clientId"], e["node"]["code"]) for e in edges] == [
        (str(n), f"2000{n}") for n in range(5)
    ]


@pytest.mark.parametrize("order", ["reversed", "shuffled"])
def test_rows_can_come_back_in_another_order(xledger: Caller, order: str) -> None:
    xledger.sandbox.switches.set({"edge_order": order})
    answer = xledger.add(*[new_hire(f"2000{n}") for n in range(9)]).json()
    edges = answer["data"]["addEmployees"]["edges"]
    assert [edge["clientId"] for edge in edges] != [str(n) for n in range(9)]
    assert all(edge["node"]["code"] == f"2000{edge['clientId']}" for edge in edges)


def test_a_bare_object_stands_for_a_list_of_one(xledger: Caller) -> None:
    query = """mutation ($node: AddEmployeesInputNode) {
      addEmployees(inputs: {node: $node}) { edges { node { code } } } }"""
    answer = xledger.data(query, node=new_hire("20001"))
    assert answer["addEmployees"]["edges"] == [{"node": {"code": "20001"}}]
    assert xledger.sandbox.log[-1].inputs == 1


def test_an_update_changes_only_the_fields_it_names(xledger: Caller) -> None:
    before = someone(xledger)
    xledger.update({"dbId": before["dbId"], "phone": "+4799999999", "managerPhone": "1"})
    after = someone(xledger)
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {"phone", "managerPhone", "modifiedAt"}


def test_null_clears_a_value(xledger: Caller) -> None:
    person = someone(xledger)
    xledger.update({"dbId": person["dbId"], "employmentTo": "2026-12-31"})
    assert someone(xledger)["employmentTo"] == "2026-12-31"
    answer = xledger.update({"dbId": person["dbId"], "employmentTo": None, "glObject1": None})
    assert nodes(answer.json(), "updateEmployees")[0]["employmentTo"] is None
    assert someone(xledger)["employmentTo"] is None
    assert someone(xledger)["glObject1"] is None


def test_an_update_needs_a_known_dbid(xledger: Caller) -> None:
    assert message(xledger.update({"code": "10001"})) == "dbId: A value is required."
    assert message(xledger.update({"dbId": 1})) == "dbId: No employee with dbId '1'."


@pytest.mark.parametrize("name", ["code", "firstName", "lastName"])
def test_a_number_and_both_names_are_needed(xledger: Caller, name: str) -> None:
    node = {key: value for key, value in new_hire("20001").items() if key != name}
    assert message(xledger.add(node)) == f"{name}: A value is required."
    cleared = xledger.update({"dbId": someone(xledger)["dbId"], name: None})
    assert message(cleared) == f"{name}: A value is required."


def test_initials_have_at_most_five_characters(xledger: Caller) -> None:
    assert "errors" not in xledger.add(new_hire("20001", initials="ABCDE")).json()
    assert message(xledger.add(new_hire("20002", initials="ABCDEF"))).startswith("initials:")


@pytest.mark.parametrize("day", ["02.03.2026", "2026-3-2", "2026-02-30", "2026-03-02T00:00:00", 1])
def test_a_date_in_another_form_is_an_invalid_value(xledger: Caller, day: object) -> None:
    response = xledger.add(new_hire("20001", employmentFrom=day))
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "INVALID_VALUE"
    assert xledger.sandbox.with_code("20001") == []


def test_a_field_the_vendor_does_not_have_is_an_invalid_value(xledger: Caller) -> None:
    assert xledger.add(new_hire("20001", gender={"code": "F"})).status_code == 400


@pytest.mark.parametrize(
    ("reference", "lookup", "text"),
    [
        ("employeeGroup", {"code": "99"}, "employeeGroup.code: {no}, code '99'."),
        ("glObject1", {"code": "9990"}, "glObject1.code: {no}, code '9990'."),
        ("positionValue", {"description": "X"}, "positionValue.description: {no}, description 'X'"),
        ("employmentType", {"dbId": "1"}, "employmentType.dbId: {no}, dbId '1'."),
        ("positionValue", {"code": "1000"}, "positionValue.code: {no}, code '1000'."),
    ],
)
def test_a_reference_to_nothing_names_its_path_and_value(
    xledger: Caller, reference: str, lookup: dict[str, str], text: str
) -> None:
    response = xledger.add(new_hire("20001", **{reference: lookup}))
    assert response.status_code == 200
    assert response.json()["data"] is None
    (error,) = response.json()["errors"]
    assert error.keys() == {"message"}
    assert error["message"].startswith(text.format(no="No value matching owner 42365431"))


def test_a_reference_to_nothing_can_come_with_400_and_a_code(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"lookup_status": 400, "lookup_code": True})
    response = xledger.add(new_hire("20001", employeeGroup={"code": "99"}))
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID_VALUE"}


@pytest.mark.parametrize("key", ["code", "dbId", "description"])
def test_a_reference_is_found_by_any_of_its_keys(xledger: Caller, key: str) -> None:
    query = "{ employeeGroups { edges { node { dbId code description } } } }"
    group = xledger.data(query)["employeeGroups"]["edges"][1]["node"]
    assert group["description"] == "Midlertidig ansatt"
    xledger.add(new_hire("20001", employeeGroup={key: str(group[key])}))
    assert xledger.sandbox.by_code("20001")["employeeGroup"] == "20"


def test_a_manager_is_found_by_number(xledger: Caller) -> None:
    manager = someone(xledger)
    xledger.add(new_hire("20001", superior={"dbId": manager["dbId"]}))
    assert xledger.sandbox.by_code("20001")["superior"] == manager["code"]


def test_an_empty_reference_is_refused(xledger: Caller) -> None:
    assert message(xledger.add(new_hire("20001", employeeGroup={}))).startswith("employeeGroup:")


def test_asking_for_alternatives_fails_and_lists_them(xledger: Caller) -> None:
    lookup = {"showAlternatives": "YES"}
    error = xledger.add(new_hire("20001", employeeGroup=lookup)).json()["errors"][0]
    first = error["extensions"]["exampleValidInputs"][0]
    assert first == {"code": "10", "dbId": 7001, "ownerDbId": 42365431, "text": "Fast ansatt"}
    assert xledger.sandbox.with_code("20001") == []


def test_one_bad_row_refuses_the_whole_batch(xledger: Caller) -> None:
    before = xledger.sandbox.employees
    contacts = len(xledger.sandbox.store.tables["contacts"])
    bad = new_hire("20002", employeeGroup={"code": "99"})
    answer = xledger.add(new_hire("20001"), bad, new_hire("20003")).json()
    assert answer["data"] is None
    assert len(answer["errors"]) == 1
    assert xledger.sandbox.employees == before
    assert len(xledger.sandbox.store.tables["contacts"]) == contacts


def test_a_refused_batch_takes_its_updates_back(xledger: Caller) -> None:
    before = xledger.sandbox.employees
    first, second = before[0]["dbId"], before[1]["dbId"]
    xledger.update({"dbId": first, "phone": "1"}, {"dbId": second, "initials": "TOOLONG"})
    assert xledger.sandbox.employees == before


def test_every_bad_row_can_be_reported(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"errors_reported": "all", "refused_data": "absent"})
    bad = [new_hire(f"2000{n}", employeeGroup={"code": "99"}) for n in range(3)]
    answer = xledger.add(*bad).json()
    assert len(answer["errors"]) == 3
    assert "data" not in answer


def test_data_can_hold_the_refused_field(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"refused_data": "field"})
    assert xledger.add({"code": "20001"}).json()["data"] == {"addEmployees": None}


def test_good_rows_can_stay_beside_bad_ones(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"batch": "partial"})
    bad = new_hire("20002", employeeGroup={"code": "99"})
    answer = xledger.add(new_hire("20001"), bad, new_hire("20003")).json()
    edges = answer["data"]["addEmployees"]["edges"]
    assert [edge["clientId"] for edge in edges] == ["0", "2"]
    assert len(answer["errors"]) == 1
    assert xledger.sandbox.by_code("20003")
    assert xledger.sandbox.with_code("20002") == []


def test_five_hundred_rows_are_accepted_and_one_more_is_not(xledger: Caller) -> None:
    rows = [new_hire(str(30_000 + n)) for n in range(501)]
    assert message(xledger.add(*rows)).startswith("inputs:")
    assert "errors" not in xledger.add(*rows[:500]).json()
    assert [entry.inputs for entry in xledger.sandbox.log] == [501, 500]


def test_a_number_in_use_is_accepted_or_refused_by_choice(xledger: Caller) -> None:
    taken = someone(xledger)["code"]
    assert "errors" not in xledger.add(new_hire(taken)).json()
    assert len(xledger.sandbox.with_code(taken)) == 2
    xledger.sandbox.switches.set({"duplicate_code": "refuse"})
    assert message(xledger.add(new_hire(taken))).startswith("code:")


def test_an_unchanged_number_is_no_second_use_of_it(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"duplicate_code": "refuse"})
    person = someone(xledger)
    answer = xledger.update({"dbId": person["dbId"], "code": person["code"]}).json()
    assert "errors" not in answer


def test_a_tenant_that_reformats_answers_with_what_it_made(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"reformat": True})
    fields = {"description": "Kari Solheim", "initials": "KS", "phone": "+47 900 00 001"}
    (node,) = nodes(xledger.add(new_hire("20001", **fields)).json(), "addEmployees")
    assert node["description"] == "KARI SOLHEIM"
    assert node["contact"]["lastName"] == "SOLHEIM"
    assert node["contact"]["initials"] == "K"
    assert node["contact"]["phone"] == "+479000000"


def test_free_fields_are_kept_and_cannot_be_read(xledger: Caller) -> None:
    xledger.add(new_hire("20001", text1="a", number2=2, date4="2026-01-01"))
    kept = xledger.sandbox.by_code("20001")
    assert (kept["text1"], kept["number2"], kept["date4"]) == ("a", 2, "2026-01-01")
    assert xledger.post("{ employees { edges { node { text1 } } } }").status_code == 400


def test_client_defined_fields_are_read_under_their_other_name(xledger: Caller) -> None:
    person = someone(xledger)["dbId"]
    xledger.update({"dbId": person, "flexiFieldItem": {"text1": "a", "code1DbId": 8400001}})
    xledger.update({"dbId": person, "flexiFieldItem": {"value1": 1.5}})
    query = """{ employees(first: 1) { edges { node {
      flexiFieldsItem { text1 value1 code1 { code } } } } } }"""
    read = xledger.data(query)["employees"]["edges"][0]["node"]["flexiFieldsItem"]
    assert read == {"text1": "a", "value1": 1.5, "code1": {"code": "1000"}}


def test_a_gender_is_written_on_the_contact(xledger: Caller) -> None:
    contact = someone(xledger)["contactDbId"]
    query = """mutation ($in: [UpdateContactsInput!]!) { updateContacts(inputs: $in) {
      edges { clientId node { dbId gender { code } email2 address { fullAddress } } } } }"""
    address = {"streetAddress": "Storgata 1", "zipCode": "0123", "place": "Oslo"}
    node = {"dbId": str(contact), "gender": {"code": "M"}, "email2": "a@b.no", "address": address}
    edge = xledger.data(query, **{"in": [{"clientId": "0", "node": node}]})["updateContacts"]
    assert edge["edges"][0]["node"] == {
        "dbId": str(contact),
        "gender": {"code": "M"},
        "email2": "a@b.no",
        "address": {"fullAddress": "Storgata 1, 0123 Oslo"},
    }


def test_a_contact_can_be_added_and_then_made_an_employee(xledger: Caller) -> None:
    query = """mutation ($in: [AddContactsInput!]!) { addContacts(inputs: $in) {
      edges { node { dbId name } } } }"""
    added = xledger.data(query, **{"in": [{"node": {"firstName": "Kari", "lastName": "Berg"}}]})
    contact = added["addContacts"]["edges"][0]["node"]
    assert contact["name"] == "Kari Berg"
    xledger.add(new_hire("20001", contact={"dbId": contact["dbId"]}))
    assert str(xledger.sandbox.by_code("20001")["contactDbId"]) == contact["dbId"]


def test_a_new_cost_centre_can_be_added_renamed_and_used(xledger: Caller) -> None:
    add = """mutation ($in: [AddObjectValuesInput!]!) { addObjectValues(inputs: $in) {
      edges { node { dbId code objectKindDbId } } } }"""
    rename = """mutation ($in: [UpdateObjectValuesInput!]!) { updateObjectValues(inputs: $in) {
      edges { node { description } } } }"""
    node = {"code": "9990", "description": "Ny", "definition": {"code": "glObject1"}}
    added = xledger.data(add, **{"in": [{"node": node}]})["addObjectValues"]["edges"][0]["node"]
    assert added["objectKindDbId"] == 301
    renamed = {"dbId": added["dbId"], "description": "Tromsø"}
    answer = xledger.data(rename, **{"in": [{"node": renamed}]})
    assert answer["updateObjectValues"]["edges"] == [{"node": {"description": "Tromsø"}}]
    xledger.add(new_hire("20001", glObject1={"code": "9990"}))
    assert xledger.sandbox.by_code("20001")["glObject1"] == "9990"


def test_a_batch_of_two_kinds_is_written_in_order(xledger: Caller) -> None:
    query = """mutation ($add: [AddEmployeesInput!]!, $update: [UpdateEmployeesInput!]!) {
      addEmployees(inputs: $add) { edges { node { code } } }
      updateEmployees(inputs: $update) { edges { node { code } } } }"""
    person = someone(xledger)["dbId"]
    variables = {"add": [{"node": new_hire("20001")}], "update": [{"node": {"dbId": person}}]}
    assert xledger.data(query, **variables).keys() == {"addEmployees", "updateEmployees"}
    assert xledger.sandbox.log[-1].inputs == 2
    assert xledger.sandbox.log[-1].roots == ["addEmployees", "updateEmployees"]


@pytest.mark.parametrize("query", [ADD, UPDATE])
def test_an_empty_batch_gives_null_edges(xledger: Caller, query: str) -> None:
    (answer,) = xledger.data(query, **{"in": []}).values()
    assert answer["edges"] is None
