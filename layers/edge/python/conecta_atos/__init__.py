"""What the use cases of every context take and answer alike."""
