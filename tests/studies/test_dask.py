"""Dask with a scheduler and two worker processes, one of which is killed during the sweep."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from nhstransit.studies import open_study, sweep
from nhstransit.studies.store import check
from tests.studies.made import PLACE, pair, slow

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(900)  # a scheduler and its workers start slowly on a busy machine
SCRIPT = """
import os, signal, sys, threading, time
from dask.distributed import Client, LocalCluster
from nhstransit.studies import Lent, open_study, store, sweep, sweeps as conduct
from nhstransit.errors import StoreError
from tests.studies.made import pair, slow

def committed(path):
    try:
        return len(open_study(path))
    except StoreError:
        return 0

def killer(client, path):
    while committed(path) < 10:
        time.sleep(0.02)
    pids = client.run(os.getpid)
    os.kill(sorted(pids.values())[0], signal.SIGKILL)
    print("killed with", committed(path), "runs committed", flush=True)

if __name__ == "__main__":
    conduct.TASK_SECONDS = store.COMMIT_SECONDS = 0.1
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        with Client(cluster) as client:
            thread = threading.Thread(target=killer, args=(client, sys.argv[1]))
            thread.start()
            study = sweep(pair(), replications=int(sys.argv[2]), seed=1, measure=slow, store=sys.argv[1],
                          executor=Lent(client.get_executor(), workers=2))
            thread.join()
            print(len(client.run(os.getpid)), "workers at the end")
"""


CLOSED = """
import sys, threading, time, uuid
from pathlib import Path
from dask.distributed import Client, LocalCluster
from nhstransit.studies import Lent, open_study, store, sweep, sweeps as conduct
from nhstransit.errors import StoreError, SweepError
from tests.studies.made import held, pair

def committed(path):
    try:
        return len(open_study(path))
    except StoreError:
        return 0

def closer(client, cluster, path):
    folder = Path(path).parent
    while committed(path) < 5:
        if not list(folder.glob("token-*")):
            (folder / f"token-{uuid.uuid4().hex}").touch()
        time.sleep(0.02)
    client.close()
    cluster.close()

if __name__ == "__main__":
    conduct.TASK_SECONDS = store.COMMIT_SECONDS = 0.1
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50)
    client = Client(cluster)
    thread = threading.Thread(target=closer, args=(client, cluster, sys.argv[1]))
    thread.start()
    try:
        sweep(pair(), replications=40, seed=1, measure=held, store=sys.argv[1], executor=client.get_executor())
    except SweepError as error:
        print(error)
    thread.join()
"""


@pytest.mark.thorough
def test_a_cluster_that_is_closed_during_a_sweep_is_reported(tmp_path: Path) -> None:
    """The error is one line, and committed runs are kept."""
    script = tmp_path / "script.py"
    path = tmp_path / "study.db"
    script.write_text(textwrap.dedent(CLOSED))
    done = subprocess.run(
        [sys.executable, str(script), str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), PLACE: str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith("executor: ") and line.endswith("call again: what was committed is kept")
    assert 5 <= len(open_study(path)) < 80 and not check(path).damaged


@pytest.mark.thorough
def test_a_sweep_on_dask_survives_a_killed_worker(tmp_path: Path) -> None:
    """Every run is there once, and the hash equals that of a serial sweep."""
    script = tmp_path / "script.py"
    path = tmp_path / "study.db"
    script.write_text(textwrap.dedent(SCRIPT))
    done = subprocess.run(
        [sys.executable, str(script), str(path), "25"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    committed = int(done.stdout.split("killed with ")[1].split()[0])
    assert 10 <= committed < 50
    report = check(path)
    assert (report.runs, report.failed, report.missing, report.damaged) == (50, 0, 0, ())
    assert open_study(path).sha256() == sweep(pair(), replications=25, seed=1, measure=slow).sha256()
