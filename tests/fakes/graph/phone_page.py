"""The page that looks like a phone: files beside this one, and nothing from anywhere else."""

from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "phone"
NO_CACHE = {"Cache-Control": "no-cache"}

routes = web.RouteTableDef()


@routes.get("/")
async def page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(FOLDER / "index.html", headers=NO_CACHE)


@routes.get(r"/phone/{name:[a-z-]+\.(?:js|css)}")
async def part(request: web.Request) -> web.FileResponse:
    path = FOLDER / request.match_info["name"]
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=NO_CACHE)
