"""Text-message gateways, one file each with both directions: `verify`, `parse`, `send`."""
