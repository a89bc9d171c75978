"""A real PostgreSQL of its own for the tests: made in a temporary folder, ended with them."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def running_postgres(superuser: str = SUPERUSER) -> Iterator[str]:
    """Yield the address of a fresh server, without a database name, for asyncpg.

    PostgreSQL refuses to run as root, so root starts it as the user ``postgres``.
    """
    programs = server_programs()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="handschlag-pg-"))
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"

    def run(*command: str | Path) -> None:
        done = subprocess.run(
            [str(part) for part in command],
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}")

    log = folder / "server.log"
    try:
        run(programs / "initdb", "-D", data, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections=200"
        run(programs / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", log, "-o", options, "start")
        try:
            yield f"postgresql+asyncpg://{superuser}@127.0.0.1:{port}"
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
