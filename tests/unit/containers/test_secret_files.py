"""How secrets are made on the server and reach the bot's processes."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
ENTRY_POINT = ROOT / "docker/secrets_from_files.py"
FROM_META = ("handschlag_whatsapp_app_secret", "handschlag_whatsapp_access_token")
SHOW = (sys.executable, "-c", "import os; print(os.environ.get('PGPASSWORD'), os.environ.get('PGPASSWORD_FILE'))")


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ENTRY_POINT), *command], env=environment, capture_output=True, text=True, check=False
    )


def test_the_program_finds_the_secret_of_a_file_in_its_environment(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("p@ss wörd\n", encoding="utf-8")
    done = start(*SHOW, PGPASSWORD_FILE=str(file), PYTHONUTF8="1")
    assert (done.returncode, done.stdout) == (0, "p@ss wörd None\n")


def test_other_variables_that_name_files_stay_as_they_are(tmp_path: Path) -> None:
    show = (sys.executable, "-c", "import os; print(os.environ['HANDSCHLAG_BUSINESS_FILE'])")
    assert start(*show, HANDSCHLAG_BUSINESS_FILE="/app/business.yml").stdout == "/app/business.yml\n"


def test_the_program_takes_the_place_of_the_entry_point_and_its_exit_code() -> None:
    assert start(sys.executable, "-c", "raise SystemExit(7)").returncode == 7


def test_a_missing_an_empty_and_a_doubled_secret_stop_the_start_and_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    (tmp_path / "one").write_text("very-secret", encoding="utf-8")
    for environment, complaint in (
        ({"PGPASSWORD_FILE": "/nowhere"}, "PGPASSWORD_FILE: /nowhere cannot be read: No such file or directory"),
        ({"PGPASSWORD_FILE": str(tmp_path / "empty")}, "is empty"),
        ({"PGPASSWORD_FILE": str(tmp_path / "one"), "PGPASSWORD": "another"}, "are both set"),
    ):
        done = start(*SHOW, **environment)
        assert (done.returncode, done.stdout) == (1, "")
        assert complaint in done.stderr
        assert "very-secret" not in done.stderr


def test_a_program_that_is_not_there_is_named() -> None:
    done = start("no-such-program", PATH="/usr/bin")
    assert done.returncode == 1
    assert "no-such-program cannot be started" in done.stderr


def test_made_secrets_are_long_differ_and_lie_behind_a_closed_door(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    subprocess.run(["sh", ROOT / "docker/make-secrets.sh", folder], check=True, stdout=subprocess.DEVNULL)
    made = {path.name: path.read_text(encoding="ascii") for path in folder.iterdir()}
    given_by_meta = {made.pop(name) for name in FROM_META}
    assert given_by_meta == {""}
    assert len(set(made.values())) == len(made) > 0
    assert all(len(secret) == 64 and secret.isalnum() for secret in made.values())
    assert folder.stat().st_mode & 0o777 == 0o700


def test_secrets_that_are_there_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make = ["sh", str(ROOT / "docker/make-secrets.sh"), str(folder)]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    before = {path.name: path.read_text(encoding="ascii") for path in folder.iterdir()}
    (folder / "rasa_database_password").unlink()
    (folder / FROM_META[0]).write_text("from Meta", encoding="ascii")
    before[FROM_META[0]] = "from Meta"
    done = subprocess.run(make, check=True, capture_output=True, text=True)
    assert done.stdout == "made rasa_database_password\n"
    after = {path.name: path.read_text(encoding="ascii") for path in folder.iterdir()}
    assert after.pop("rasa_database_password") != before.pop("rasa_database_password")
    assert after == before
