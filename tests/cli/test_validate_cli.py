"""`nhstransit validate` prints verdicts and writes CSV."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhstransit import tables
from nhstransit.cli import main


def test_a_scenario_is_compared_with_published_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every figure is in the CSV file.

    For the hamlet, the output says that the figures are not about this scenario.
    """
    path = tmp_path / "all.csv"
    with pytest.raises(SystemExit) as ended:
        main(["validate", "hamlet", "--replications", "5", "--store", str(tmp_path / "v.db"), "--csv", str(path)])
    assert ended.value.code == 0 and "figures are written to" in capsys.readouterr().out
    kept = tables.read_csv(path)
    assert "mars-round1-leavers" in kept["figure"] and "not simulated" in kept["verdict"]
    with pytest.raises(SystemExit):
        main(["validate", "hamlet", "--replications", "5", "--store", str(tmp_path / "v.db")])
    out = capsys.readouterr().out
    assert "not this scenario" in out and "6 identities were checked" in out and "not simulated" not in out
