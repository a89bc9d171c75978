"""One process that serves: how it starts, and how it leaves so that nobody behind a proxy notices."""

import asyncio
import gc
import signal
from contextlib import suppress

from aiohttp import web

from handoff_bridge.http import keys
from handoff_bridge.settings import Settings

#: How long a stop waits for running requests before connections are cut, in seconds.
SHUTDOWN_S = 10.0
#: When the garbage collector looks at young, older and all objects. Python's own numbers make it look at all of them
#: every few seconds, and with ten thousand open streams each time is a pause of half a second for everybody.
COLLECT_AFTER = (10_000, 50, 100)


async def serve_until_stopped(app: web.Application, settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM, then leave in order.

    For ``settings.drain_s`` the bridge says on ``/readyz`` that it leaves, and goes on serving: a proxy has that long
    to send people elsewhere. Then streams end, running requests are finished, and the process is done. A second
    signal ends the waiting.

    Raises:
        OSError: the port cannot be listened on.
    """
    signals: asyncio.Queue[None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signals.put_nowait, None)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    stop = asyncio.create_task(signals.get(), name="stop")
    start = asyncio.create_task(_start(runner, settings), name="start")
    try:
        # Starting may take long, while a database is out of reach; that can be stopped too.
        await asyncio.wait((start, stop), return_when=asyncio.FIRST_COMPLETED)
        if start.done():
            await start
            await stop
            app[keys.hub].leaving = True
            with suppress(TimeoutError):
                await asyncio.wait_for(signals.get(), settings.drain_s)
    finally:
        stop.cancel()
        start.cancel()
        await asyncio.wait((start,))
        await runner.cleanup()


async def _start(runner: web.AppRunner, settings: Settings) -> None:
    await runner.setup()
    # What is there now stays until the end.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    await web.TCPSite(runner, settings.host, settings.port).start()
