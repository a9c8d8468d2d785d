"""The people: staff columns and the vocabularies behind them, and reading a staff list."""
