"""Who may act here."""
