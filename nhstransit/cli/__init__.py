"""The command: each verb in a file of its own, loaded when it is called."""

from nhstransit.cli.main import main

__all__ = ["main"]
