"""The processes of a run. Each is a small class that changes the state of the run on its days."""
