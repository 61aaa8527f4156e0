"""AWS plumbing shared by the Lambda functions: problems, tenancy, keys, events, clock, idempotency."""

from conecta_edge import cold_start

cold_start.begin()
