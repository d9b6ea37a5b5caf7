"""The only writers of the cases floor."""
