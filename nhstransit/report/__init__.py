"""Reports of a run: its story in words and tables, and a results folder."""

from __future__ import annotations

from nhstransit.report.folder import free_folder, write_results
from nhstransit.report.reproduction import Reproduction, reproduce
from nhstransit.report.story import Section, as_text, beside, five_sentences, has_published, story

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
