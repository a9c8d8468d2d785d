"""`nhstransit about` prints what a bug report needs."""

from __future__ import annotations

import platform

import numpy as np
import pytest

import nhstransit as nt
from tests.cli.command import run_command


def test_about_names_versions_platform_and_digests(capsys: pytest.CaptureFixture[str]) -> None:
    """It also prints digests of code, law and data."""
    status, out, _ = run_command(capsys, "about")
    lines = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert status == 0
    assert lines["nhstransit"] == nt.__version__ and lines["numpy"] == np.__version__
    assert lines["python"].startswith(platform.python_version())
    assert all(len(lines[name]) == 64 for name in ("code", "law", "data"))


def test_about_works_without_an_optional_library() -> None:
    """The library is shown as not installed."""
    from nhstransit.cli import about

    assert about._version("no-such-library-anywhere") == "not installed"
