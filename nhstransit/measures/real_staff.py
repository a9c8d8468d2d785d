"""Whether the people of a run are real, because this decides what may be published about them."""

from __future__ import annotations

from nhstransit.run.real_staff import staff_are_real

__all__ = ["staff_are_real"]
