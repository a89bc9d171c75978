"""The HTTP contract: every operation answers as ``/openapi.json`` says, with nothing more."""

import itertools
import json
from typing import Any

from tests.integration.test_internal_handoffs import request_for
from tests.support.bridge import INTERNAL_SECRET, PASSWORD, Bridge
from tests.support.contract import Contract, on_whatsapp

Json = dict[str, Any]
CUSTOMER = "/v1/conversations"
ONE = CUSTOMER + "/{conversation_id}"
DESK = "/desk/api"
AT_DESK = DESK + "/conversations/{conversation_id}"
#: Served, but no part of the contract between programs.
PAGES = {("get", path) for path in ("/", "/desk", "/desk/", "/assets/{name}", "/openapi.json")}


async def test_every_operation_answers_as_it_is_described(bridge: Bridge) -> None:
    kim, ali = await bridge.agent("Kim Weber"), await bridge.agent("Ali Kaya")
    api = await Contract.read(bridge.session, bridge.url)
    desk: Json = {"headers": kim.headers}

    started = await api.call("POST", CUSTOMER, 201, json={"locale": "de-DE", "page_url": "https://shop.example/"})
    it = started["conversation"]["id"]
    customer: Json = {"conversation_id": it, "headers": {"Authorization": f"Bearer {started['token']}"}}
    hallo = {"client_message_id": "c1", "text": "Hallo"}
    first = await api.call("POST", ONE + "/messages", 202, json=hallo, **customer)
    assert await api.call("POST", ONE + "/messages", 200, json=hallo, **customer) == first
    await api.call("GET", ONE + "/messages", 200, query="?after=0&limit=2", **customer)
    await api.call("POST", ONE + "/typing", 204, json={"active": True}, **customer)
    await api.call("POST", ONE + "/handoff", 202, **customer)
    await api.call("GET", ONE + "/messages", 200, **customer)
    await api.call("DELETE", ONE + "/handoff", 200, **customer)

    inner: Json = {"headers": {"Authorization": f"Bearer {INTERNAL_SECRET}"}, "json": request_for(it, "from-elsewhere")}
    promised = await api.call("POST", "/internal/handoffs", 202, **inner)
    again = await api.call("POST", "/internal/handoffs", 200, **inner)
    assert promised["handoff"]["id"] == again["handoff"]["id"]

    sign_in = {"email": "kim@example.com", "password": PASSWORD}
    await api.call("POST", DESK + "/session", 200, json=sign_in)
    await api.call("GET", DESK + "/session", 200, **desk)
    await api.call("GET", DESK + "/agents", 200, **desk)
    for state in ("", "?state=waiting", "?state=human", "?state=bot", "?state=closed", "?mine=1", "?q=Hallo"):
        await api.call("GET", DESK + "/conversations", 200, query=state, **desk)
    seen = await api.call("GET", AT_DESK, 200, it, query="?limit=1000", **desk)
    assert seen["handoff"]["slots"] == {"order_number": "B-2026-104233"}

    def at(epoch: int, **more: object) -> Json:
        return {"conversation_id": it, "headers": kim.headers, "json": {"epoch": epoch, **more}}

    epochs = itertools.count(seen["conversation"]["epoch"])
    await api.call("POST", AT_DESK + "/claim", 200, **at(next(epochs)))
    epoch = next(epochs)
    answer = at(epoch, client_message_id="a1", text="Guten Tag")
    await api.call("POST", AT_DESK + "/messages", 202, **answer)
    await api.call("POST", AT_DESK + "/messages", 200, **answer)
    await api.call("POST", AT_DESK + "/typing", 204, it, json={"active": True}, **desk)
    await api.call("POST", AT_DESK + "/transfer", 200, **at(epoch, to=ali.agent["id"], note="bitte"))
    await api.call("POST", AT_DESK + "/claim", 200, **at(next(epochs)))
    await api.call("POST", AT_DESK + "/return", 200, **at(next(epochs), note="erledigt"))
    await api.call("POST", AT_DESK + "/claim", 200, **at(next(epochs)))
    await api.call("POST", AT_DESK + "/close", 200, **at(next(epochs)))
    await api.call("GET", AT_DESK, 200, it, **desk)

    await api.call("POST", ONE + "/close", 200, **customer)
    await api.call("POST", ONE + "/rating", 201, json={"score": 4, "comment": "Danke"}, **customer)
    await api.call("POST", ONE + "/rating", 201, json={"score": 5}, **customer)
    await api.call("GET", ONE + "/transcript", 200, **customer)
    await api.call("DELETE", DESK + "/session", 204, **desk)
    for path in ("/healthz", "/readyz", "/metrics"):
        await api.call("GET", path, 200)

    streams = {("get", ONE + "/events"), ("get", DESK + "/events")}
    here = {operation for operation in api.operations() if not on_whatsapp(operation[1])} - streams
    assert {(method, path) for method, path, _ in api.calls} == here
    described = {
        (method, path, int(status))
        for method, path in here
        for status in api.document["paths"][path][method]["responses"]
        if int(status) < 300
    }
    assert {call for call in api.calls if call[2] < 300} == described


async def test_the_document_names_exactly_the_routes_that_exist(bridge: Bridge) -> None:
    api = await Contract.read(bridge.session, bridge.url)
    routes = {
        (route.method.lower(), route.resource.canonical)
        for route in bridge.server.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert routes - PAGES == api.operations()
    assert routes >= PAGES


async def test_the_document_is_complete_in_itself(bridge: Bridge) -> None:
    api = await Contract.read(bridge.session, bridge.url)
    document = api.document
    assert document["openapi"].startswith("3.1.")
    references = [line.split('"')[3] for line in json.dumps(document, indent=1).splitlines() if '"$ref"' in line]
    assert references
    for reference in set(references):
        node: Any = document
        for name in reference.removeprefix("#/").split("/"):
            node = node[name]
    used = {reference.rpartition("/")[2] for reference in references}
    assert set(document["components"]["schemas"]) - used == set()
    for method, path in api.operations():
        operation = document["paths"][path][method]
        in_path = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert all(response["description"] for response in operation["responses"].values())
        for scheme in operation.get("security", []):
            assert set(scheme) <= set(document["components"]["securitySchemes"])


async def test_every_answer_carries_the_security_headers(bridge: Bridge) -> None:
    for path in ("", "healthz", "nirgends", "openapi.json", "desk/api/session", "assets/fehlt.js"):
        async with bridge.session.get(bridge.url + path) as response:
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert "unsafe" not in response.headers["Content-Security-Policy"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "no-referrer"


async def test_the_document_says_where_one_may_be_asked_to_come_back_later(bridge: Bridge) -> None:
    api = await Contract.read(bridge.session, bridge.url)
    bounded = {
        path
        for path, operations in api.document["paths"].items()
        for operation in operations.values()
        if "429" in operation["responses"]
    }
    assert bounded == {path for path in api.document["paths"] if path.startswith(("/v1/", "/desk/"))}
