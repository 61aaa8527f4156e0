"""What anybody may read: documentation, limits, health, and the browser's CORS questions. Outside the contexts."""
