"""What the product promises in numbers, each measured as a ratio or a count in one run: `python -m bench`."""
