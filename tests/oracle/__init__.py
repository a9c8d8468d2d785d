"""The oracle: the model once more, plainly, with one SimPy process a person.

It shares with the library only the kernels, the luck, the law and the descriptions of people, bodies and policies; not a
line of the engine, nor of what the policies propose and select. `RULES.md` is its specification.
"""

from oracle.model import oracle

__all__ = ["oracle"]
