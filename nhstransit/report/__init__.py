"""Reports: a run's story in words and tables, a results folder, and pages and workbooks to share.

This package can be called: `nhstransit.report(run)` is `nhstransit.report.verb.report(run)`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nhstransit.report.folder import free_folder, write_results
from nhstransit.report.reproduction import Reproduction, reproduce
from nhstransit.report.story import Section, as_text, beside, five_sentences, has_published, story

if TYPE_CHECKING:
    from nhstransit.report.verb import Report

__all__ = [
    "Reproduction",
    "Section",
    "as_text",
    "beside",
    "five_sentences",
    "free_folder",
    "has_published",
    "reproduce",
    "story",
    "write_results",
]


class _Verb(ModuleType):
    """This package as a callable.

    Importing the package replaces the function `nhstransit.report`, so the package has to do what the function did.
    """

    def __call__(self, of: Any, *, real: bool | None = None, baseline: str = "") -> Report:
        """Return a report: see `nhstransit.report.verb.report`."""
        from nhstransit.report.verb import report

        return report(of, real=real, baseline=baseline)


sys.modules[__name__].__class__ = _Verb
