"""What is done with events, alertas and webhooks, and what that needs from outside."""
