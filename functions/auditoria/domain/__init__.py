"""Blocks and days: what a chain is, and what is wrong with one."""
