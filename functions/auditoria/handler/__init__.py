"""Entries of this package's Lambdas."""
