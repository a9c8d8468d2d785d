"""Whether the people of a run are real, because this decides what may be published about them."""

from __future__ import annotations

from nhstransit.run.real_staff import has_real_staff, staff_are_real, stored_staff_are_real

__all__ = ["has_real_staff", "staff_are_real", "stored_staff_are_real"]
