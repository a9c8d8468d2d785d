"""Bundled data: parameters, scenarios and their sources, as TOML and CSV beside this file."""
