"""What people said and how it reached us."""
