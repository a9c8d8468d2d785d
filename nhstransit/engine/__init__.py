"""The engine. SimPy drives the calendar and NumPy moves the people. The engine records and never measures."""
