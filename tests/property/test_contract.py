"""The bridge keeps to its own OpenAPI document, whatever it is sent."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from requests.exceptions import ConnectionError as Broken
from requests.exceptions import Timeout
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from handoff_bridge.business import load_business_rules
from tests.support.bridge import BUSINESS_FILE, INTERNAL_SECRET, Bridge, bridge_settings, running_bridge
from tests.support.people import AgentAtDesk, Customer
from tests.support.rasa import ScriptedRasa
from tests.support.scale import Scale

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
AnyCase = Case[Any]
AnyOperation = APIOperation[Any, Any, Any, Any]
#: A password is checked slowly on purpose.
SLOW = frozenset({("POST", "/desk/api/session")})


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the doors: without it every answer would be 401."""

    agent: AgentAtDesk
    #: One conversation in each state.
    customers: tuple[Customer, ...]

    def headers(self, path: str, customer: Customer) -> dict[str, str]:
        if path.startswith("/desk/"):
            return self.agent.headers
        if path.startswith("/internal/"):
            return {"Authorization": f"Bearer {INTERNAL_SECRET}"}
        return customer.headers


async def test_whatever_is_sent_the_answer_is_one_of_the_documented(
    scale: Scale, tmp_path: Path, told: Callable[[str], None]
) -> None:
    rasa = ScriptedRasa()
    await rasa.start()
    settings = bridge_settings(f"sqlite+aiosqlite:///{tmp_path / 'handschlag.db'}", rasa.url, tmp_path)
    async with running_bridge(settings, rasa, load_business_rules(BUSINESS_FILE)) as bridge:
        document = await asyncio.to_thread(schemathesis.openapi.from_url, f"{bridge.url}openapi.json")
        operations = [result.ok() for result in document.get_all_operations() if isinstance(result, Ok)]
        seen: Counter[int] = Counter()
        for operation in operations:
            keys = await one_in_each_state(bridge)
            await asyncio.to_thread(send_anything, operation, keys, 300 if scale.full else 12, seen)
        statuses = ", ".join(f"{count} × {status}" for status, count in sorted(seen.items()))
        told(f"contract: {len(operations)} operations answered {statuses}")
        assert {200, 401, 422} <= set(seen)
    await rasa.stop()


async def one_in_each_state(bridge: Bridge) -> Keys:
    agent = await bridge.agent()
    customers = [await bridge.customer() for _ in range(4)]
    for waiting in customers[1:3]:
        await waiting.ask_for_person()
    await agent.claim(customers[2].id)
    await customers[3].call("POST", "/close")
    return Keys(agent, tuple(customers))


def send_anything(operation: AnyOperation, keys: Keys, examples: int, seen: Counter[int]) -> None:
    if (operation.method.upper(), operation.path) in SLOW:
        examples = max(examples // 10, 2)
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        cases = operation.as_strategy(generation_mode=mode)

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=cases,
            customer=st.sampled_from(keys.customers),
            known=st.sampled_from((True, True, True, False)),
            opens=st.integers(0, 3),
        )
        def send(case: AnyCase, customer: Customer, known: bool, opens: int) -> None:
            if known and "conversation_id" in (case.path_parameters or {}):
                case.path_parameters["conversation_id"] = customer.id
            headers = keys.headers(operation.path, customer) if opens else None
            # An event stream has no end; silence after its beginning is what it looks like from here.
            endless = operation.path.endswith("/events")
            try:
                response = case.call(headers=headers, timeout=0.4 if endless else 30)
            except (Broken, Timeout):
                assert endless
                seen[200] += 1
                return
            seen[response.status_code] += 1
            # The document describes a stream as one text, schemathesis looks at each event of it.
            opened = endless and response.status_code == 200
            checks = [check for check in CHECKS if not (opened and check is response_schema_conformance)]
            case.validate_response(response, checks=checks)

        try:
            send()
        except Unsatisfiable:
            # Where nothing is asked, nothing can be said wrongly.
            assert mode is GenerationMode.NEGATIVE
