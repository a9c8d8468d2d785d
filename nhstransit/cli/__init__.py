"""The command line: each verb has a file of its own, which is loaded when the verb is called."""

from nhstransit.cli.main import main

__all__ = ["main"]
