"""What this context keeps in DynamoDB; keys are built here only."""
