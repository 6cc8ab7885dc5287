"""Mixed traffic from many clients for a long time, with all going on that a server goes through: ``make soak``."""
