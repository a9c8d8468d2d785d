"""The processes of a run. Each is a small class that acts on the world on its days."""
