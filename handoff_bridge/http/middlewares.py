"""From the outside in: security headers on everything, then errors as JSON."""

import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable

from aiohttp import web

from handoff_bridge.errors import BridgeError, NotFound, TooManyRequests, Unavailable
from handoff_bridge.http import keys
from handoff_bridge.http.limits import client_address
from handoff_bridge.logs import REQUEST, RequestContext

log = logging.getLogger(__name__)
#: Asked every few seconds by whatever watches the process.
#: Prefixes that are not for people: their callers prove who they are and ask as often as they need.
UNBOUNDED = ("/internal/", "/webhooks/")
QUIET_ROUTES = frozenset({"/healthz", "/readyz", "/metrics"})
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: Everything comes from this server; nothing is inline. Styles are files or constructed sheets.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        # Voice messages and films of customers, at the desk.
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


async def add_security_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Runs as ``on_response_prepare``, so that event streams have the headers too."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if response.content_type == "application/json":
        response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def count_and_log(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, count it, and write one line about it: the route's pattern, never a text."""
    request_id = _given_id(request) or uuid.uuid4().hex[:16]
    token = REQUEST.set(RequestContext(request_id, request.match_info.get("conversation_id")))
    started, status = time.monotonic(), "aborted"
    try:
        response = await handler(request)
        status = str(response.status)
        if not response.prepared:
            response.headers["X-Request-Id"] = request_id
        return response
    finally:
        route = _route(request)
        request.app[keys.metrics].requests.labels(_method(request), route, status).inc()
        duration_ms = round((time.monotonic() - started) * 1000, 1)
        level = logging.DEBUG if route in QUIET_ROUTES else logging.INFO
        log.log(level, "%s %s %s %s ms", _method(request), route, status, duration_ms)
        REQUEST.reset(token)


@web.middleware
async def within_limits(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Raises TooManyRequests for an address that asks too often; what watches the process is not counted."""
    limits = request.app[keys.limits]
    if limits.on and _route(request) not in QUIET_ROUTES and not request.path.startswith(UNBOUNDED):
        limits.requests.take(client_address(request, request.app[keys.settings].trusted_proxies))
    return await handler(request)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error leaves as ``{"error": {code, message, details}}`` with the fitting status."""
    try:
        if not all(part.isprintable() for part in request.match_info.values()):
            # No name of ours has such characters, and PostgreSQL refuses to look for them.
            raise NotFound
        return await handler(request)
    except BridgeError as error:
        return _as_response(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _from_http(error)
    except (ConnectionError, TimeoutError):
        raise
    except Exception:
        context = REQUEST.get()
        request_id = context.request_id if context else None
        log.exception("Request failed: %s %s", _method(request), _route(request))
        return _as_response(BridgeError("Something went wrong on our side; nothing was lost.", request_id=request_id))


def _as_response(error: BridgeError) -> web.Response:
    headers = {}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "2"
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return web.json_response(error.body(), status=error.status, headers=headers)


def _from_http(error: web.HTTPException) -> web.Response:
    if isinstance(error, web.HTTPNotFound):
        return _as_response(NotFound())
    code = error.reason.lower().replace(" ", "_").replace("-", "_")
    body = {"error": {"code": code, "message": error.reason, "details": {}}}
    headers = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
    return web.json_response(body, status=error.status, headers=headers)


def _given_id(request: web.Request) -> str | None:
    """The id that a proxy gave the request, if it looks like one."""
    given = request.headers.get("X-Request-Id", "")
    return given if re.fullmatch(r"[A-Za-z0-9._-]{8,64}", given) else None


def _method(request: web.Request) -> str:
    """The method, one of few: made-up ones must not fill the memory with counters."""
    return request.method if request.method in KNOWN_METHODS else "other"


def _route(request: web.Request) -> str:
    """The route's pattern, never the address itself: addresses hold ids."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"
