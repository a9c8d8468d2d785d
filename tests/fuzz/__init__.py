"""Makers of damaged inputs: the tests play a few of them each time, and thousands in the long proofs."""
