"""Organisations with their dates and successors, and the posts they fund."""
