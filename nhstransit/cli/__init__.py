"""The command line: each command has a file of its own, which is loaded when the command is called."""

from nhstransit.cli.main import main

__all__ = ["main"]
