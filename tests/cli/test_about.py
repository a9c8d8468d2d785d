"""`nhstransit about` says what a report of a fault needs."""

from __future__ import annotations

import platform

import numpy as np
import pytest

import nhstransit as nt
from tests.cli.asking import asked


def test_about_names_versions_platform_and_digests(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, and a digest of code, law and data."""
    status, out, _ = asked(capsys, "about")
    told = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert status == 0
    assert told["nhstransit"] == nt.__version__ and told["numpy"] == np.__version__
    assert told["python"].startswith(platform.python_version())
    assert all(len(told[name]) == 64 for name in ("code", "law", "data"))


def test_what_is_not_installed_is_said_to_be_so() -> None:
    """An optional library that is not there ends nothing."""
    from nhstransit.cli import about

    assert about._version("no-such-library-anywhere") == "not installed"
