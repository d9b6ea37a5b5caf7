"""The least that Django can do: one model, one view that inserts one row; what filing is measured against."""
