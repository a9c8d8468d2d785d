"""Simulate what happens to people, money and expertise when public employers are abolished and others created.

The public names are loaded at first use. See the stub beside this file.
"""

import logging
from typing import Any

import lazy_loader

from nhstransit.renamed import OlderModules, older

OlderModules.join()
logging.getLogger(__name__).addHandler(logging.NullHandler())

_named, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("nhstransit")
        except PackageNotFoundError:
            return "not installed"
    if name == "report":  # the package `report` can be called as a function, so it is itself the public name
        from importlib import import_module

        return import_module("nhstransit.report")
    if name in __all__:
        return _named(name)  # an error inside the module is raised unchanged
    try:
        return _named(name)
    except AttributeError:
        pass
    return older(__name__, depth=3)(name)
