"""AWS plumbing shared by the Lambda functions: problems, tenancy, keys, events, clock, idempotency."""
