.stacks 3
