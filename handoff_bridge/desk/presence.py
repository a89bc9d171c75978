"""From when on a customer's last sign of life counts as being there."""

from datetime import datetime, timedelta

from aiohttp import web

from handoff_bridge.http import keys


def customer_online_since(app: web.Application) -> datetime:
    gone_after_s = app[keys.rules].timeouts.customer_gone_after_s
    return app[keys.clock].now() - timedelta(seconds=gone_after_s)
