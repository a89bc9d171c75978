"""Calls the bridge and holds every answer to what ``/openapi.json`` says about it."""

from collections.abc import Mapping
from typing import Any

from aiohttp import ClientSession
from pydantic import BaseModel

from handoff_bridge.http import schemas

Json = dict[str, Any]
SHAPES: dict[str, type[BaseModel]] = {shape.__name__: shape for shape in schemas.ALL}


#: Parts of addresses that need a number on WhatsApp; tests/integration/test_whatsapp_contract.py calls them.
ON_WHATSAPP = ("/webhooks/whatsapp", "/templates", "/deliveries", "/attachments", "/channel-codes", "/return-to-web")


def on_whatsapp(path: str) -> bool:
    return any(part in path for part in ON_WHATSAPP)


class Contract:
    """``calls`` collects which operation was answered with which status."""

    def __init__(self, session: ClientSession, url: str, document: Json) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self.document = document
        self.calls: set[tuple[str, str, int]] = set()

    @classmethod
    async def read(cls, session: ClientSession, url: str) -> "Contract":
        async with session.get(f"{url.rstrip('/')}/openapi.json") as response:
            return cls(session, url, await response.json())

    def operations(self) -> set[tuple[str, str]]:
        return {(method, path) for path, methods in self.document["paths"].items() for method in methods}

    async def call(
        self,
        method: str,
        path: str,
        expected: int,
        conversation_id: str = "",
        query: str = "",
        ids: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Json:
        """Call ``path`` as the document writes it; return the checked body, ``{}`` where it is no JSON."""
        address = self._url + path.replace("{conversation_id}", conversation_id) + query
        for name, value in (ids or {}).items():
            address = address.replace(f"{{{name}}}", value)
        async with self._session.request(method, address, **kwargs) as response:
            assert response.status == expected, (method, path, response.status, await response.text())
            self.calls.add((method.lower(), path, response.status))
            described = self.document["paths"][path][method.lower()]["responses"][str(response.status)]
            content = described.get("content", {})
            if not content:
                assert await response.read() == b""
                return {}
            assert "*/*" in content or response.content_type in content, (method, path, response.content_type)
            if response.content_type != "application/json":
                return {}
            body: Json = await response.json()
            name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
            SHAPES[name].model_validate(body)
            return body
