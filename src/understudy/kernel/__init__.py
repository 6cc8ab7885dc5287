"""Pure values: tables, exchanges, clocks. Imports the standard library and one persistent map only."""
