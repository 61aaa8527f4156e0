"""The embedded AWS: start, deploy, seed, demo, packaging, benchmarks."""
