"""How fast Understudy is, beside servers that do less on the same work. ``make bench`` runs it."""
