"""Who is at the desk: the session cookie, and the CSRF token on everything that changes something."""

from aiohttp import web

from handoff_bridge.conversations.model import Agent
from handoff_bridge.desk.sessions import csrf_matches
from handoff_bridge.errors import Forbidden
from handoff_bridge.http import keys

COOKIE = "handschlag_session"
COOKIE_PATH = "/desk/"
SAFE_METHODS = frozenset({"GET", "HEAD"})


async def signed_in(request: web.Request) -> Agent:
    """The agent of this request. Raises Unauthenticated, Forbidden."""
    token = request.cookies.get(COOKIE)
    agent = await request.app[keys.sessions].agent(token)
    if request.method not in SAFE_METHODS and not csrf_matches(token or "", request.headers.get("X-CSRF-Token", "")):
        raise Forbidden
    await request.app[keys.sessions].note_life(agent)
    return agent
