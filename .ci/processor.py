"""Prints the environment in which NumPy and the C library use none of this processor's newer instructions.

Each line is NAME=value, as `env` takes it: results must be the same with and without.
"""

from __future__ import annotations

import os

import numpy as np

TUNABLES = "glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-FMA,-FMA_Usable,-AVX512F"


def newer() -> list[str]:
    """The instructions beyond the plainest that NumPy uses in this process."""
    core = np._core._multiarray_umath
    return [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]


def plain() -> dict[str, str]:
    """What to set. What this process was itself told not to use is named too: NumPy no longer counts it as there."""
    already = os.environ.get("NPY_DISABLE_CPU_FEATURES", "").replace(",", " ").split()
    return {"NPY_DISABLE_CPU_FEATURES": " ".join(dict.fromkeys([*already, *newer()])), "GLIBC_TUNABLES": TUNABLES}


if __name__ == "__main__":
    for name, value in plain().items():
        print(f"{name}={value}")
