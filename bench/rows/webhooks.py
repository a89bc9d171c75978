"""How quickly WhatsApp's webhooks are answered, while the bot answers nobody."""

import secrets
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import yaml

from bench.children import ROOT, load
from bench.report import Figure, Target, percentile
from bench.stack import Bench

RATE, PEOPLE = 50, 200
NUMBER = "100000000000001"


async def figures(bench: Bench) -> list[Figure]:
    databases = (("PostgreSQL", bench.postgres()), ("SQLite", bench.sqlite()))
    return [await _on(bench, name, database) for name, database in databases]


async def _on(bench: Bench, name: str, database: AbstractAsyncContextManager[str]) -> Figure:
    secret = secrets.token_urlsafe(32)
    rules = yaml.safe_load((ROOT / "business.yml").read_text(encoding="utf-8"))
    rules["whatsapp"]["numbers"] = [{"phone_number_id": NUMBER, "name": "Bench", "display_number": "+49 800"}]
    business_file = bench.folder / "business-whatsapp.yml"
    business_file.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    variables = {
        "HANDSCHLAG_BUSINESS_FILE": str(business_file),
        "HANDSCHLAG_WHATSAPP_APP_SECRET": secret,
        # Nobody answers there either.
        "HANDSCHLAG_WHATSAPP_GRAPH_URL": "http://127.0.0.1:9",
    }
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database)
        bridge = await stack.enter_async_context(bench.bridge(url, variables=variables))
        job = {
            "kind": "webhooks",
            "port": bridge.port,
            "secret": secret,
            "number": NUMBER,
            "people": PEOPLE,
            "rate": RATE,
            "warm_up_s": bench.much(5, 1),
            "duration_s": bench.much(30, 2),
        }
        child = await stack.enter_async_context(load(job, bench.folder))
        result = await child.hear("result")
    delays = result["delays_ms"]
    return Figure(
        f"WhatsApp webhooks, {RATE}/s, {name}",
        "answered at the median",
        percentile(delays, 0.5),
        "ms",
        target=Target(100, unit="ms"),
        note=f"one message each, {PEOPLE} people, neither bot nor Graph API can be reached; "
        "the time counts from when a webhook was due until everything in it is on disk and answered",
        details={"p99_ms": percentile(delays, 0.99), "per_s": result["per_s"], "refused": result["refused"]},
    )
