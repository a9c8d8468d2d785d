"""Prints the environment in which NumPy and the C library use none of this processor's newer instructions.

Each line is NAME=value, as `env` takes it: results must be the same with and without.
"""

from __future__ import annotations

import numpy as np

if __name__ == "__main__":
    core = np._core._multiarray_umath
    newer = [name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)]
    print(f"NPY_DISABLE_CPU_FEATURES={' '.join(newer)}")
    print("GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-FMA,-FMA_Usable,-AVX512F")
