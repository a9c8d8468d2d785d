"""Pure functions of arrays: no configuration, clock, file or luck in them; units stand in their names."""
