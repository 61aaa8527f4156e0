"""Values, state machine and rules of an authorization: pure, and complete without any door around them."""
