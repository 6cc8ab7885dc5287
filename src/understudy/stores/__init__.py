"""Where the states of a sandbox are kept."""
