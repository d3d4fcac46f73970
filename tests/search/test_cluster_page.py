"""What ``docs/cluster.md`` tells to type: its scripts run here, with stand-ins for the programs that they call."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from search.config import SearchConfig
from search.run import _parser
from vae.cli import parse

PAGE = Path(__file__).parents[2] / "docs" / "cluster.md"
TEXT = PAGE.read_text(encoding="utf-8")
STAND_IN = """#!/bin/sh
while [ "${1#--cpus-per-task=}" != "$1" ]; do echo "$1" >> "$CALLS.srun"; shift; done
[ "$1" = python ] && shift
printf '%s\\n' "$@" >> "$CALLS"
echo >> "$CALLS"
"""
SBATCH = {
    "--job-name": r"[\w-]+",
    "--array": r"\d+-\d+",
    "--cpus-per-task": r"\d+",
    "--mem": r"\d+[KMGT]",
    "--time": r"\d\d:\d\d:\d\d",
    "--requeue": r"",
}
"""Options of sbatch, by its manual."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


SCRIPTS = blocks("bash")
SLURM = next(block for block in SCRIPTS if "#SBATCH" in block)
OBJECTS = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(blocks("yaml")[0])}


@pytest.fixture
def calls_of(tmp_path):
    """Run a script where ``python`` and what is before it only write down their words; these, call by call."""
    for name in ("python", "srun", "sudo"):
        (tmp_path / name).write_text(STAND_IN)
        (tmp_path / name).chmod(0o755)

    def run(script: str, shell: str = "bash", **variables: str) -> list[list[str]]:
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(tmp_path / "calls")} | variables
        (tmp_path / "calls").unlink(missing_ok=True)
        done = subprocess.run(
            [shell, "-euc", script], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return [call.split("\n") for call in (tmp_path / "calls").read_text().strip().split("\n\n")]

    return run


def config_of(words: list[str]) -> SearchConfig:
    """What ``python -m search.run`` makes of its words."""
    assert words[:2] == ["-m", "search.run"]
    settings = parse(_parser(), [word for word in words[2:] if word != "…"]).as_dict()
    return SearchConfig(**{name: value for name, value in settings.items() if name in SearchConfig.__annotations__})


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_run_and_their_commands_are_understood(calls_of, script):
    variables = {"SLURM_ARRAY_TASK_ID": "0", "SLURM_CPUS_PER_TASK": "4", "SCRATCH": "/scratch"}
    for words in calls_of(script, STORAGE="grpc://login:13000", **variables):
        if words[:2] == ["-m", "search.run"]:
            assert config_of(words).storage
        elif words[:2] == ["-m", "search.proxy"]:
            assert {word for word in words if word.startswith("--")} == {"--storage", "--host", "--port"}
        else:
            assert words[0] in ("-", "-u")  # a program on standard input; sudo


def test_one_task_of_an_array_writes_the_report(calls_of, tmp_path):
    options = dict(re.findall(r"^#SBATCH (--[\w-]+)=?(.*)$", SLURM, flags=re.MULTILINE))
    assert {name for name, value in options.items() if not re.fullmatch(SBATCH[name], value)} == set()
    cores, variables = options["--cpus-per-task"], {"SCRATCH": "/scratch"}
    found = []
    for task in ("0", "1", "15"):
        (words,) = calls_of(SLURM, SLURM_ARRAY_TASK_ID=task, SLURM_CPUS_PER_TASK=cores, **variables)
        found.append(config_of(words))
    assert [config.only_trials for config in found] == [False, True, True]
    assert {config.workers for config in found} == {int(cores)}
    # srun gives a step the task's cores only where it is told to
    assert (tmp_path / "calls.srun").read_text().splitlines() == [f"--cpus-per-task={cores}"] * 3


def test_one_pod_writes_the_report_onto_the_volume(calls_of):
    spec = OBJECTS["Job", "autovae-workers"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    secret = OBJECTS["Secret", "autovae-db"]["stringData"]
    reference = container["env"][0]["valueFrom"]["secretKeyRef"]
    shell, option = container["command"]
    assert option == "-c"
    found = []
    for index in ("0", "7"):
        (words,) = calls_of(
            container["args"][0], shell, STORAGE=secret[reference["key"]], JOB_COMPLETION_INDEX=index
        )  # fmt: skip
        found.append(config_of(words))
    assert [config.only_trials for config in found] == [False, True]
    assert {config.storage for config in found} == {secret["url"]}
    assert {str(config.folder) for config in found} == {container["volumeMounts"][0]["mountPath"]}


def test_what_kubernetes_is_given_fits_its_schema_and_together():
    schema = pytest.importorskip("kubernetes_validate")
    for each in OBJECTS.values():
        schema.validate(each, "1.30", strict=True)
    server = OBJECTS["StatefulSet", "autovae-db"]["spec"]
    labels = server["template"]["metadata"]["labels"]
    assert server["selector"]["matchLabels"] == OBJECTS["Service", server["serviceName"]]["spec"]["selector"] == labels
    environment = {each["name"]: each for each in server["template"]["spec"]["containers"][0]["env"]}
    secret = OBJECTS["Secret", "autovae-db"]["stringData"]
    assert environment["POSTGRES_PASSWORD"]["valueFrom"]["secretKeyRef"] == {"name": "autovae-db", "key": "password"}
    user, host = environment["POSTGRES_USER"]["value"], server["serviceName"]
    assert secret["url"] == f"postgresql://{user}:{secret['password']}@{host}/{user}"
    for kind, name in OBJECTS:
        pod = OBJECTS[kind, name].get("spec", {}).get("template", {}).get("spec")
        claims = {volume["persistentVolumeClaim"]["claimName"] for volume in (pod or {}).get("volumes", [])}
        assert claims <= {name for kind, name in OBJECTS if kind == "PersistentVolumeClaim"}


def test_links_lead_to_files():
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", TEXT)
    assert links
    assert [link for link in links if not (PAGE.parent / link).exists()] == []
