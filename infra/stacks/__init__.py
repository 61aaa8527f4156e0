"""The three stacks: data that must survive, the service that may be replaced, and what only AWS has."""
