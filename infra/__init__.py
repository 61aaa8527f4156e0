"""AWS CDK: stacks and components. Run as python -m infra.app."""
