"""The built pages: two HTML files and their assets."""

from pathlib import Path

from aiohttp import web

from handoff_bridge.errors import NotFound

STATIC = Path(__file__).parent.parent / "static"
#: Asset names hold a hash of their content, so they never change.
FOREVER = "public, max-age=31536000, immutable"

#: File systems take no longer name, and asking for one is an error of its own.
MAX_NAME = 255

routes = web.RouteTableDef()


@routes.get("/")
async def customer_page(_request: web.Request) -> web.FileResponse:
    return _page("index.html")


@routes.get("/desk")
async def desk_without_slash(_request: web.Request) -> web.Response:
    raise web.HTTPPermanentRedirect("/desk/")


@routes.get("/desk/")
async def desk_page(_request: web.Request) -> web.FileResponse:
    return _page("desk/index.html")


@routes.get("/assets/{name}")
async def asset(request: web.Request) -> web.FileResponse:
    folder = STATIC / "assets"
    path = folder / request.match_info["name"]
    if path.parent != folder or len(path.name) > MAX_NAME or not path.is_file():
        raise NotFound
    return web.FileResponse(path, headers={"Cache-Control": FOREVER})


def _page(name: str) -> web.FileResponse:
    path = STATIC / name
    if not path.is_file():
        raise NotFound("The pages are not built yet: run make setup.")
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})
