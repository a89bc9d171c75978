"""A real PostgreSQL of its own for the tests: made in a temporary folder, ended with them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.ports import free_port

SUPERUSER = "handschlag"


class PostgresMissing(Exception):
    """PostgreSQL's server programs are not on this machine; install the package ``postgresql``."""


def server_programs() -> Path:
    """The folder with initdb and pg_ctl: on the PATH, or where Debian keeps them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        raise PostgresMissing(PostgresMissing.__doc__)
    return versions[-1].parent


class PostgresServer:
    """One server in a folder of its own; ``url`` is for asyncpg and names no database."""

    def __init__(self, folder: Path, superuser: str = SUPERUSER) -> None:
        self._superuser = superuser
        self._programs = server_programs()
        self._folder = folder
        # PostgreSQL refuses to run as root, so root starts it as the user ``postgres``.
        self._user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        self._port = free_port()
        self.url = f"postgresql+asyncpg://{superuser}@127.0.0.1:{self._port}"

    def initialise(self) -> None:
        self._run("initdb", "-D", self._data, "-U", self._superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        """Return when it takes connections."""
        options = f"-h 127.0.0.1 -p {self._port} -k {self._folder} -c max_connections=200"
        log = self._folder / "server.log"
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "60", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """``immediate`` is a crash: the next start recovers. ``fast`` ends connections and closes in order."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [str(self._programs / program), *(str(argument) for argument in arguments)],
            user=self._user.pw_uid if self._user else None,
            group=self._user.pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{done.stdout}")


@contextmanager
def postgres_server(superuser: str = SUPERUSER) -> Iterator[PostgresServer]:
    """A fresh server that runs; ended and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="handschlag-pg-"))
    try:
        server = PostgresServer(folder, superuser)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_postgres(superuser: str = SUPERUSER) -> Iterator[str]:
    """Yield the address of a fresh server, without a database name, for asyncpg."""
    with postgres_server(superuser) as server:
        yield server.url
