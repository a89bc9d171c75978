"""Makes the German language model the pipeline loads, without a download.

    python -m components.language_model models/language/de

It is spaCy's blank German pipeline (its tokenizer knows "z.B." and "Dr.") with the lookup lemmatizer of
spacy-lookups-data. Where one of spaCy's trained German models is at hand, `config.yml` can name its folder instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

import spacy
from spacy.language import Language

from components.errors import ModelFolderError


def build() -> Language:
    """The blank German pipeline with a lookup lemmatizer, ready to use."""
    language = spacy.blank("de")
    language.add_pipe("lemmatizer", config={"mode": "lookup"})
    language.initialize()
    return language


def save(folder: Path) -> None:
    """Writes the language model to `folder`; what is there is replaced.

    Raises:
        ModelFolderError: the folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        build().to_disk(folder)
    except OSError as error:
        raise ModelFolderError(f"Cannot write the language model to {folder}: {error.strerror}") from error


def main(arguments: list[str]) -> int:
    """Command line: one argument, the folder. Returns the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m components.language_model FOLDER\n")
        return 2
    save(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
