"""Where it happened and who answers for it."""
