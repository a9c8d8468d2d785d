"""`nhstransit validate` prints verdicts, writes CSV, and says where figures speak of something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhstransit import tables
from nhstransit.cli import main


def test_a_scenario_beside_what_was_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every figure goes to the CSV file; the hamlet is told not to be what the figures speak of."""
    path = tmp_path / "all.csv"
    with pytest.raises(SystemExit) as ended:
        main(["validate", "hamlet", "--replications", "5", "--store", str(tmp_path / "v.db"), "--csv", str(path)])
    assert ended.value.code == 0 and "figures are written to" in capsys.readouterr().out
    kept = tables.read_csv(path)
    assert "mars-round1-leavers" in kept["figure"] and "not simulated" in kept["verdict"]
    with pytest.raises(SystemExit):
        main(["validate", "hamlet", "--replications", "5", "--store", str(tmp_path / "v.db")])
    told = capsys.readouterr().out
    assert "not this scenario" in told and "6 identities were checked" in told and "not simulated" not in told
