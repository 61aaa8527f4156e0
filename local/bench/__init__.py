"""Benchmarks: `python -m local.bench [AREA…]` (or `scripts/bench`).

Each area yields measures (`local.bench.measure.Measure`): JSON lines on standard output, a table on standard
error. Times are medians of process CPU over alternated rounds, so that what is compared ran under the same
conditions; ratios are to be read, not milliseconds. Nothing here decides success or failure.
"""
