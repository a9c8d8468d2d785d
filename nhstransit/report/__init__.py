"""A run on paper: its story in words and tables, and a results folder."""

from __future__ import annotations

from nhstransit.report.folder import free_folder, write_results
from nhstransit.report.story import Section, story

__all__ = ["Section", "free_folder", "story", "write_results"]
