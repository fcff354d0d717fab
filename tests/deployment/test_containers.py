"""The image and the composition: what can be checked of them without an engine."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from foundation.embedded.procfile import read_procfile

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text("utf-8"))
ENVIRONMENT: dict[str, str] = COMPOSE["services"]["web"]["environment"]
SOME_SECRET = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI="  # 32 bytes
OPTIONAL = ("EMAIL_HOST_PASSWORD",)  # a mail server may ask for none
OURS = ("migrate", "web", "worker", "housekeeping", "beat")


def _instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", "", (PROJECT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _blank, rest in (line.partition(" ") for line in lines)]


def _stages() -> list[list[tuple[str, str]]]:
    stages: list[list[tuple[str, str]]] = []
    for word, rest in _instructions():
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, rest))
    return stages


def test_two_stages_from_slim_images_of_one_python() -> None:
    bases = [rest.split(" AS ")[0] for word, rest in _instructions() if word == "FROM"]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", bases[0])


def test_the_image_runs_as_somebody_without_rights_and_holds_no_secret() -> None:
    last = _stages()[-1]
    words = [word for word, _rest in last]
    users = [rest for word, rest in last if word == "USER"]
    assert users == ["exchange"]
    assert not {"RUN", "COPY", "ADD"} & set(words[words.index("USER") :])
    settings = " ".join(rest for word, rest in _instructions() if word in {"ENV", "ARG"})
    assert not re.search(r"KEY|SECRET|PASSWORD|TOKEN", settings)


def test_what_the_image_copies_exists_and_passes_the_ignore_file() -> None:
    ignored = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[1] == "*"
    passing = {line[1:] for line in ignored if line.startswith("!")}
    copied = [rest.split()[:-1] for word, rest in _instructions() if word == "COPY" and "--from" not in rest]
    sources = {source for group in copied for source in group}
    assert sources == passing
    assert all((PROJECT / source).exists() for source in sources)
    packages = {path.parent.name for path in PROJECT.glob("*/__init__.py")}
    assert packages - {"tests", "bench", "examples"} <= sources


def test_no_image_is_taken_without_a_version() -> None:
    images = [service["image"] for name, service in COMPOSE["services"].items() if name not in OURS]
    assert sorted(images) == ["postgres:18", "valkey/valkey:9"]


def test_each_process_of_the_procfile_is_a_container() -> None:
    lines = read_procfile((PROJECT / "Procfile").read_text("utf-8"))
    assert {name for name in OURS if name != "migrate"} == set(lines)
    for name in lines:
        assert COMPOSE["services"][name]["command"] == ["python", "-m", "foundation.embedded.procfile", "--only", name]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_may_write_nothing_but_their_volume(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["state:/var/lib/exchange"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", [name for name in COMPOSE["services"] if name != "migrate"])
def test_what_stays_up_has_a_health_check_and_comes_back(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["healthcheck"]["retries"] >= 3


@pytest.mark.parametrize("name", [name for name in OURS if name != "migrate"])
def test_processes_wait_for_servers_and_migrations(name: str) -> None:
    assert COMPOSE["services"][name]["depends_on"] == {
        "postgres": {"condition": "service_healthy"},
        "valkey": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    }


@pytest.mark.parametrize("name", ["worker", "housekeeping"])
def test_a_worker_is_asked_under_the_name_that_its_line_gives_it(name: str) -> None:
    line = read_procfile((PROJECT / "Procfile").read_text("utf-8"))[name]
    assert f"--hostname {name}@%h" in line
    assert f"--destination {name}@$$(hostname)" in COMPOSE["services"][name]["healthcheck"]["test"][1]


def test_only_the_loopback_is_published() -> None:
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_every_volume_is_declared_and_every_secret_is_demanded() -> None:
    mounted = {mount.split(":")[0] for service in COMPOSE["services"].values() for mount in service.get("volumes", [])}
    assert mounted == set(COMPOSE["volumes"])
    for service in COMPOSE["services"].values():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"(KEY|PASSWORD|DATABASE_URL|REDIS_URL|AUTH)$", variable) and variable not in OPTIONAL:
                assert re.search(r"\$\{\w+:\?", value), f"{variable} must not start without a value"


def _in_a_container(tmp_path: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code with the environment that the composition gives, every demanded value filled in."""
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    for key, value in ENVIRONMENT.items():
        filled = re.sub(r"\$\{\w+:\?[^}]*\}", SOME_SECRET, value)
        environment[key] = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", filled)
    environment |= {"EXCHANGE_PRODUCTION": "1", "EXCHANGE_STATE": str(tmp_path), "ALLOWED_HOSTS": "exchange.example"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_the_environment_of_a_container_is_enough_for_production(tmp_path: Path) -> None:
    done = _in_a_container(tmp_path, "from config import settings; print(settings.DEBUG, settings.ALLOWED_HOSTS)")
    assert (done.returncode, done.stdout) == (0, "False ['exchange.example']\n"), done.stderr
    assert not (tmp_path / "secrets.json").exists()


def test_without_any_one_secret_production_does_not_start(tmp_path: Path) -> None:
    secrets = [name for name in ENVIRONMENT if name.endswith("_KEY")]
    assert len(secrets) >= 5
    code = f"""
import os, runpy
for name in {secrets}:
    value = os.environ.pop(name)
    try:
        runpy.run_path("config/settings.py")
    except RuntimeError as error:
        print(str(error).split(":")[0])
    os.environ[name] = value
"""
    done = _in_a_container(tmp_path, code)
    assert done.stdout.splitlines() == [f"{name} is not set" for name in secrets], done.stderr
