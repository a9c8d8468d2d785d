"""The engine: SimPy drives the calendar, NumPy moves the people; it records and never measures."""
