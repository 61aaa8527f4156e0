"""What the stacks are made of: one component per thing that is made many times."""
