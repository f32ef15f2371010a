"""Who may come in: users, organisations and their roles."""
