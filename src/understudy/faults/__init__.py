"""What goes wrong on demand, true to the contract: rules, what they do, and which of them strikes a request."""
