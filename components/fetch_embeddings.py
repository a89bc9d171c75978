"""Fetches a sentence-embedding model into a folder: `python -m components.fetch_embeddings FOLDER [ADDRESS]`.

Once, on purpose and where the network allows; the assistant itself never fetches anything. The address is a folder with
`onnx/model.onnx` (or `model.onnx`) and `tokenizer.json`; without one it is a small multilingual model.
"""

from __future__ import annotations

import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from components.errors import EmbeddingsInvalid
from components.sentence_embeddings import MODEL_FILE, TOKENIZER_FILE, Encoder

DEFAULT_ADDRESS = "https://huggingface.co/sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2/resolve/main"

_PLACES = {MODEL_FILE: (f"onnx/{MODEL_FILE}", MODEL_FILE), TOKENIZER_FILE: (TOKENIZER_FILE,)}
_TIMEOUT_S = 60


def fetch(folder: Path, address: str = DEFAULT_ADDRESS) -> None:
    """Fetches the files beside the folder, tries them, and only then puts them in place.

    Raises:
        EmbeddingsInvalid: a file cannot be fetched, or the model is not one that can be used.
    """
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        for name, places in _PLACES.items():
            _fetch_first(address.rstrip("/"), places, fresh / name)
        Encoder(fresh, 16).vectors(["Guten Tag"])
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fetch_first(address: str, places: Sequence[str], target: Path) -> None:
    place, *others = places
    try:
        with urllib.request.urlopen(f"{address}/{place}", timeout=_TIMEOUT_S) as answer, target.open("wb") as file:
            shutil.copyfileobj(answer, file)
    except (OSError, ValueError) as error:
        # Not there: it may be in the next place. Anything else is no better there.
        if isinstance(error, urllib.error.HTTPError) and error.code == 404 and others:
            _fetch_first(address, others, target)
        else:
            raise EmbeddingsInvalid(f"{address}/{place} cannot be fetched: {error}") from error


def main(arguments: Sequence[str]) -> int:
    """Command line; returns the exit status."""
    if not 1 <= len(arguments) <= 2:
        sys.stderr.write("usage: python -m components.fetch_embeddings FOLDER [ADDRESS]\n")
        return 2
    try:
        fetch(Path(arguments[0]), arguments[1] if len(arguments) == 2 else DEFAULT_ADDRESS)
    except EmbeddingsInvalid as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
