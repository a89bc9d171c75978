"""A bridge that records what it is asked and answers as a test wants it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


class FakeBridge:
    """`POST /internal/handoffs` over real HTTP. `requests`: the bodies, in order."""

    secret = "inner-secret"

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.status = 202
        self.promise: dict[str, Any] = {}
        self.reset()
        bridge = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = bridge.answer(self.path, self.headers.get("Authorization"), json.loads(body))
                payload = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *arguments: object) -> None:
                """Nothing on the console."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def reset(self) -> None:
        """Friendly again, and nothing recorded."""
        self.requests = []
        self.status = 202
        self.promise = {"kind": "queued", "queue_position": 1, "estimated_wait_s": 120, "next_opening": None}

    def answer(self, path: str, authorization: str | None, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path != "/internal/handoffs":
            return 404, {"error": {"code": "not_found", "message": "", "details": {}}}
        if authorization != f"Bearer {self.secret}":
            return 401, {"error": {"code": "unauthenticated", "message": "", "details": {}}}
        self.requests.append(body)
        if self.status >= 400:
            return self.status, {"error": {"code": "told_to", "message": "", "details": {}}}
        return self.status, {"handoff": {"id": f"h-{body['message_id']}", "status": "open"}, "promise": self.promise}

    def __enter__(self) -> FakeBridge:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
