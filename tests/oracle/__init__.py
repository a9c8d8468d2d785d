"""The oracle: a second, simpler engine with one SimPy process per person.

It shares with the library only the formulas, the random numbers, the law and the descriptions of people, employers and
policies. It uses neither the engine nor the code by which policies propose and select. `RULES.md` is its specification.
"""

from oracle.model import oracle

__all__ = ["oracle"]
