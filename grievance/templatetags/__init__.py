"""Tags of the public pages that stand beside the form."""
