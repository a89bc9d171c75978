"""Starts a program with secrets taken from files: ``python docker/secrets_from_files.py PROGRAM ARGUMENTS…``.

``PGPASSWORD_FILE=/run/secrets/rasa_database_password`` becomes ``PGPASSWORD`` with the file's content, without the end
of line. For Rasa and the actions, which read their environment only; the bridge reads files by itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

#: Named one by one: HANDSCHLAG_BUSINESS_FILE is no secret, and its name ends the same way.
SECRETS = ("HANDSCHLAG_CHANNEL_SECRET", "HANDSCHLAG_INTERNAL_SECRET", "PGPASSWORD")


class SecretFileError(Exception):
    """A secret cannot be taken from its file; says which and why, never what is in it."""


def with_secrets(given: Mapping[str, str]) -> dict[str, str]:
    """The environment with each ``…_FILE`` of a secret replaced by what the file holds.

    Raises:
        SecretFileError: a file cannot be read or is empty, or the secret is given twice.
    """
    environment = dict(given)
    for name in SECRETS:
        path = environment.pop(f"{name}_FILE", "")
        if not path:
            continue
        if environment.get(name):
            raise SecretFileError(f"{name} and {name}_FILE are both set; one of them is enough")
        environment[name] = _content(name, Path(path))
    return environment


def _content(name: str, path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SecretFileError(f"{name}_FILE: {path} cannot be read: {reason}") from None
    if not content:
        raise SecretFileError(f"{name}_FILE: {path} is empty")
    return content


def main(command: list[str]) -> int:
    """Become ``command``; return only when that is not possible: 1, or 2 without a command."""
    if not command:
        sys.stderr.write("usage: python docker/secrets_from_files.py PROGRAM ARGUMENTS…\n")
        return 2
    try:
        environment = with_secrets(os.environ)
        # The process is replaced, so that signals of the container reach the program itself.
        os.execvpe(command[0], command, environment)
    except SecretFileError as error:
        sys.stderr.write(f"secrets_from_files: {error}\n")
    except OSError as error:
        sys.stderr.write(f"secrets_from_files: {command[0]} cannot be started: {error.strerror}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
