"""A disk that is really full: a small one in memory, in a namespace where any user may mount it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from search.storage.databases import sqlite_file

INSIDE = """
import errno, json, sqlite3, subprocess, sys
from pathlib import Path
from search.run import main

disk, database, few, more = json.loads(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "none", disk], check=True)
ballast = Path(disk) / "ballast"

def trials():
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "select number, value from trials join trial_values using (trial_id) where state in ('COMPLETE', 'PRUNED')"
        )
        return sorted(rows)

def fill():
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC

codes = [main(few)]
before = trials()
fill()
codes.append(main(more))
during = trials()
ballast.unlink()
codes.append(main(more))
print(json.dumps({"codes": codes, "before": before, "during": during, "after": trials()}))
"""


def namespace() -> list[str]:
    """The command that runs another where it may mount; the test is skipped where this machine has none."""
    words = [shutil.which("unshare") or "unshare", "--map-root-user", "--mount"]
    try:
        allowed = subprocess.run(
            [*words, "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False
        ).returncode
    except OSError:
        allowed = 1
    if allowed != 0:
        pytest.skip("mounting as any user is not allowed here")
    return words


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_full_disk_stops_a_search_with_one_error_and_nothing_is_lost(make_config, flags, tmp_path, workers):
    disk = tmp_path / "disk"
    disk.mkdir()
    shared = {"out": str(disk / "out"), "pairs": "N/N,La/N", "latents": 2, "keep": 0, "workers": workers}
    few, more = make_config(**shared, trials=2), make_config(**shared, trials=4)
    arguments = json.dumps([str(disk), str(sqlite_file(more.storage_url)), flags(few), flags(more)])
    done = subprocess.run(
        [*namespace(), sys.executable, "-c", INSIDE, arguments],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["codes"] == [0, 2, 0]
    assert [number for number, _ in found["before"]] == [0, 1]
    assert found["during"] == found["before"] == found["after"][:2]
    assert len(found["after"]) == 4
    errors = [line for line in done.stderr.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert "No space left on device" in errors[0] or "disk is full" in errors[0]
    assert "Traceback" not in done.stderr
