"""A newly trained model takes the place of the loaded one without a restart.

The new one is loaded beside the old one, in a thread, while turns are answered. A turn that has begun ends with the
model and the texts it began with; the next one has the new model. Where loading fails the old one stays.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor

from components.errors import ModelNotLoaded, NotReady

logger = logging.getLogger(__name__)


async def reload_model(agent: Agent) -> str:
    """Loads the file that the running model came from again; the new model's id.

    Raises:
        NotReady: there is no model to take the place of.
        ModelNotLoaded: the file holds no usable model; the one before goes on answering.
    """
    running = agent.processor
    if running is None:
        raise NotReady("No model is loaded.")
    try:
        fresh = await asyncio.to_thread(_load_beside, agent, running.model_path)
    except Exception as error:
        raise ModelNotLoaded("The model cannot be loaded.", cause=type(error).__name__) from error
    # Nothing waits between these lines, so no turn begins in the middle of them.
    agent.processor, agent.nlg, agent.domain = fresh, fresh.nlg, fresh.domain
    agent.tracker_store.domain = fresh.domain
    model_id = str(fresh.model_metadata.model_id)
    logger.info("Model %s is answering from now on.", model_id)
    return model_id


def _load_beside(agent: Agent, path: Path) -> MessageProcessor:
    # Texts of its own: turns that have begun still use those of the model before.
    texts = TemplatedNaturalLanguageGenerator({})
    fresh = MessageProcessor(
        model_path=path,
        tracker_store=agent.tracker_store,
        lock_store=agent.lock_store,
        action_endpoint=agent.action_endpoint,
        generator=texts,
        http_interpreter=agent.http_interpreter,
    )
    texts.responses = fresh.domain.responses
    return fresh
