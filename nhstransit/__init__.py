"""Simulate what happens to people, money and expertise when public employers are abolished and others created.

The public names, loaded when first used; see the stub beside this file.
"""

import logging

import lazy_loader

logging.getLogger(__name__).addHandler(logging.NullHandler())

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
