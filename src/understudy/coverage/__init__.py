"""How much of the contracts the traffic has exercised: counted, reported, shown."""
