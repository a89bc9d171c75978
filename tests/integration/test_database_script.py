"""What PostgreSQL's container makes of an empty server."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from yarl import URL

from tests.support.postgres import running_postgres, server_programs

ROOT = Path(__file__).parents[2]
PROGRAMS = ("handschlag", "rasa", "shop")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A server of its own on which the script has run, with secrets that the other script has made."""
    secrets = tmp_path_factory.mktemp("docker") / "secrets"
    subprocess.run(["sh", ROOT / "docker/make-secrets.sh", secrets], check=True, stdout=subprocess.DEVNULL)
    with running_postgres(superuser="postgres") as address:
        url = URL(address).with_scheme("postgresql")
        environment = {
            "PATH": f"{server_programs()}{os.pathsep}{os.environ['PATH']}",
            "PGHOST": str(url.host),
            "PGPORT": str(url.port),
            "POSTGRES_USER": "postgres",
            "SECRETS_DIR": str(secrets),
        }
        subprocess.run(["sh", ROOT / "docker/postgres/databases.sh"], env=environment, check=True)
        yield url


@pytest.mark.parametrize("program", PROGRAMS)
async def test_each_program_can_make_tables_in_its_own_database(server: URL, program: str) -> None:
    connection = await asyncpg.connect(str(server.with_user(program).with_path(program)))
    await connection.execute("CREATE TABLE tried (id int)")
    await connection.execute("DROP TABLE tried")
    await connection.close()


@pytest.mark.parametrize(("program", "other"), [(one, two) for one in PROGRAMS for two in PROGRAMS if one != two])
async def test_no_program_comes_into_the_database_of_another(server: URL, program: str, other: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(str(server.with_user(program).with_path(other)))


async def test_every_program_has_a_password_and_no_other_right(server: URL) -> None:
    connection = await asyncpg.connect(str(server.with_path("postgres")))
    rows = await connection.fetch("SELECT * FROM pg_authid WHERE rolcanlogin AND NOT rolsuper ORDER BY rolname")
    await connection.close()
    assert tuple(row["rolname"] for row in rows) == PROGRAMS
    assert len({row["rolpassword"] for row in rows}) == len(PROGRAMS)
    for row in rows:
        assert row["rolpassword"].startswith("SCRAM-SHA-256$")
        assert not any(row[right] for right in ("rolcreatedb", "rolcreaterole", "rolreplication", "rolbypassrls"))
