"""What the bridge adds to a bot turn."""

import secrets
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from statistics import median

from bench.children import load, running
from bench.report import Figure, Target
from bench.seed import Seed
from bench.stack import Bench
from handoff_bridge.conversations.model import State
from handoff_bridge.storage.database import Database


async def figures(bench: Bench) -> list[Figure]:
    databases = (("PostgreSQL", bench.postgres()), ("SQLite", bench.sqlite()))
    return [await _on(bench, name, database) for name, database in databases]


async def _on(bench: Bench, name: str, database: AbstractAsyncContextManager[str]) -> Figure:
    secret = secrets.token_urlsafe(32)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database)
        opened = Database(url)
        (conversation,) = await Seed(opened).conversations(1, State.BOT)
        await opened.close()
        rasa = await stack.enter_async_context(running("bench.rasa", secret, folder=bench.folder))
        rasa_port = (await rasa.hear("ready"))["port"]
        bridge = await stack.enter_async_context(bench.bridge(url, rasa_port, secret))
        job = {
            "kind": "turns",
            "rasa_port": rasa_port,
            "channel_secret": secret,
            "warm_up": 20,
            "rounds": bench.much(300, 10),
            **conversation.job(bridge.port),
        }
        child = await stack.enter_async_context(load(job, bench.folder))
        result = await child.hear("result")
    direct, bridged = median(result["direct_ms"]), median(result["bridged_ms"])
    return Figure(
        f"bot turn, {name}",
        "added by the bridge at the median",
        bridged - direct,
        "ms",
        target=Target(5, unit="ms"),
        note=(
            "from the customer's POST to the bot's message on their stream, minus the time of the same question to the "
            "bot's channel; a small server stands for Rasa"
        ),
        details={"direct_ms": direct, "bridged_ms": bridged},
    )
