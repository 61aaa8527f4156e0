"""What is done with recursos, and what that needs from outside."""
