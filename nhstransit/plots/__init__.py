"""The room with matplotlib."""
