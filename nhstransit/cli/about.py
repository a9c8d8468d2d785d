"""`nhstransit about`: versions, platform and digests, for a bug report."""

from __future__ import annotations

import click

LIBRARIES = (
    "numpy",
    "scipy",
    "simpy",
    "attrs",
    "cattrs",
    "pandas",
    "matplotlib",
    "click",
    "rich",
    "distributed",
    "SALib",
    "ema_workbench",
)


@click.command("about")
def command() -> None:
    """Print what a bug report should contain: versions, platform, and digests of code, law and bundled data."""
    for name, fact in facts().items():
        click.echo(f"{name:<14} {fact}")


def facts() -> dict[str, str]:
    """Versions of the library, of Python and of other packages; the platform; digests of code, law and data."""
    import os
    import platform

    from nhstransit.law.law import Law, law_digest
    from nhstransit.run.run import library_version
    from nhstransit.studies.content import code_content, data_content

    return {
        "nhstransit": library_version(),
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "platform": platform.platform(),
        "processors": str(os.cpu_count()),
        **{name: _version(name) for name in LIBRARIES},
        "code": code_content(),
        "law": law_digest(Law.bundled()),
        "data": data_content(),
    }


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
