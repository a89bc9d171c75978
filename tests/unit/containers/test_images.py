"""The container files: sound, and in step with the project they are made of."""

import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))

every_dockerfile = pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)


def copied_from_the_project(dockerfile: Path) -> list[str]:
    """The sources of every COPY that takes from the project, not from another stage."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", dockerfile.read_text(encoding="utf-8"), re.MULTILINE)
    return [source.rstrip("/") for line in lines for source in line.split()[:-1]]


@every_dockerfile
def test_the_linter_finds_nothing(dockerfile: Path) -> None:
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run([hadolint, "--failure-threshold", "style", dockerfile], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@every_dockerfile
def test_what_goes_into_an_image_exists_and_is_sent_to_the_builder(dockerfile: Path) -> None:
    ignore_file = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
    rules = ignore_file.read_text(encoding="utf-8").splitlines()
    assert "*" in rules
    sent = [rule[1:] for rule in rules if rule.startswith("!")]
    sources = copied_from_the_project(dockerfile)
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(source == path or source.startswith(f"{path}/") for path in sent), source


@every_dockerfile
def test_nothing_is_sent_to_the_builder_that_no_image_needs(dockerfile: Path) -> None:
    ignore_file = dockerfile.with_name(f"{dockerfile.name}.dockerignore")
    sent = [rule[1:] for rule in ignore_file.read_text(encoding="utf-8").splitlines() if rule.startswith("!")]
    sources = copied_from_the_project(dockerfile)
    assert [path for path in sent if not any(f"{source}/".startswith(f"{path}/") for source in sources)] == []


@every_dockerfile
def test_every_stage_of_one_runtime_has_the_same_python(dockerfile: Path) -> None:
    assert len(set(re.findall(r"^FROM (python:\S+)", dockerfile.read_text(encoding="utf-8"), re.MULTILINE))) <= 1


def test_the_images_use_the_python_that_the_environments_are_locked_for() -> None:
    for name in ("bridge", "bot"):
        locked_for = re.search(r"--python-version (\S+)", (ROOT / f"requirements/{name}.lock").read_text("utf-8"))
        image = re.search(r"^FROM python:(\d+\.\d+)", (ROOT / f"docker/{name}.Dockerfile").read_text("utf-8"), re.M)
        assert locked_for is not None
        assert image is not None
        assert image[1] == locked_for[1]
