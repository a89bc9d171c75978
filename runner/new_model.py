"""Tells a running Rasa that a newly trained model is there."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request

from runner.errors import RunnerError

_LOADING_TIMEOUT_S = 120.0


async def take_new_model(port: int, secret: str) -> bool:
    """Have the Rasa on a loopback port load its model again; False when none is running there.

    Raises:
        RunnerError: it runs, but goes on with the model before.
    """
    return await asyncio.to_thread(_take, f"http://127.0.0.1:{port}/webhooks/bridge/model", secret)


def _take(url: str, secret: str) -> bool:
    request = urllib.request.Request(url, method="POST", headers={"Authorization": f"Bearer {secret}"})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=_LOADING_TIMEOUT_S):
            return True
    except urllib.error.HTTPError as error:
        raise RunnerError("error.model_not_taken", how=_code(error)) from None
    except TimeoutError:
        raise RunnerError("error.model_not_taken", how="timeout") from None
    except urllib.error.URLError:
        return False


def _code(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return str(error.code)
