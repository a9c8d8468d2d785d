"""The function `report`: a run, a comparison, a study or a validation as a page, a workbook or Markdown."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import attrs

from nhstransit import tables
from nhstransit.choice import Choice
from nhstransit.comparison import Comparison, Comparisons
from nhstransit.england.validation import Validation
from nhstransit.errors import InputError, RunError, check_path
from nhstransit.files import written
from nhstransit.measures import Measures
from nhstransit.report.answer import Answer
from nhstransit.report.document import Document, as_markdown
from nhstransit.report.words import explained
from nhstransit.run import Run
from nhstransit.studies import Study

FORMATS = (".html", ".xlsx", ".md")
Reported = Run | Measures | Comparison | Comparisons | Study | Validation | Choice | Answer


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Report:
    """A report that can be shared. `save` writes it; `document` has its parts as plain data."""

    of: Reported
    real: bool | None = None
    baseline: str = ""

    @cached_property
    def document(self) -> Document:
        """The parts of the report in their order, made when first needed."""
        # Each document is imported when it is needed, because some of them load large libraries.
        if isinstance(self.of, Run | Measures):
            from nhstransit.report.run_document import run_document

            run = self.of.run if isinstance(self.of, Measures) else self.of
            return explained(run_document(run, real=self.real))
        if isinstance(self.of, Choice):
            from nhstransit.report.choice_document import choice_document

            return explained(choice_document(self.of, real=self.real))
        if isinstance(self.of, Comparison | Comparisons):
            from nhstransit.report.many_document import comparison_document

            return explained(comparison_document(self.of, real=self.real))
        if isinstance(self.of, Study):
            from nhstransit.report.study_document import study_document

            return explained(study_document(self.of, baseline=self.baseline, real=self.real))
        if isinstance(self.of, Answer):
            from nhstransit.report.answer_document import answer_document

            return explained(answer_document(self.of))
        from nhstransit.report.validation_document import validation_document

        return explained(validation_document(self.of))

    def save(self, path: str | Path) -> Path:
        """Write the report in the format of the suffix: .html (a page), .xlsx (a workbook) or .md (Markdown).

        An existing file is replaced. The file is written completely or not at all.

        Args:
            path: the file.

        Returns:
            The path.

        Raises:
            InputError: the suffix is none of these, or `path` is not a path.
            RunError: the file cannot be written, or a package that the format needs is not installed.
        """
        check_path("path", path)
        target = Path(path)
        check_suffix(target)
        try:
            with written(target) as part:
                self._write(part, target.suffix.lower())
        except OSError as error:
            raise RunError(str(target), f"cannot be written ({error.strerror})", "name a folder that exists") from None
        return target

    def _write(self, part: Path, suffix: str) -> None:
        if suffix == ".xlsx":
            from nhstransit.report.workbook import write_workbook

            write_workbook(self.document, part)
        elif suffix == ".html":
            from nhstransit.report.page import as_html

            part.write_text(as_html(self.document), "utf-8", newline="\n")
        else:
            part.write_text(as_markdown(self.document), "utf-8", newline="\n")

    def __repr__(self) -> str:
        return f"Report of {self.of!r}"

    def _repr_html_(self) -> str:
        text = f'Report: {self.document.title}. To save it: .save("brief.html"), .xlsx or .md.'
        return tables.paragraphs([text])


def check_suffix(path: Path) -> None:
    """Raise InputError unless a report can be written in the format of this suffix."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        wrong = (
            f"ends in {path.suffix!r}, which is not a format of a report" if suffix else "has no suffix for its format"
        )
        raise InputError(str(path), wrong, f"end the name in {', '.join(FORMATS)}")


def report(of: Reported, *, real: bool | None = None, baseline: str = "") -> Report:
    """A report that can be shared: `nt.report(run).save("brief.html")`.

    Args:
        of: a run, its measures, a comparison, a study, a choice, a validation, or the answer for one organisation.
        real: whether the staff are real people, so that small counts are hidden and others rounded; by default
            every staff list counts as real, except those that the library makes or bundles.
        baseline: for a study, the scenario that the others are compared with; "" for its first scenario.

    Raises:
        InputError: `of` is none of these, or a baseline is given for something other than a study.
    """
    if not isinstance(of, Reported):
        right = "give a run, a comparison, a study, a choice or a validation"
        raise InputError("report", f"got an object of type {type(of).__name__}", right)
    if baseline and not isinstance(of, Study):
        raise InputError("baseline", f"is {baseline!r}, but this is not the report of a study", "leave it out")
    return Report(of=of, real=real, baseline=baseline)
