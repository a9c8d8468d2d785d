"""The processes of a run: each a small class that acts on the world on its days."""
