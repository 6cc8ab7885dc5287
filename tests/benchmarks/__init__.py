"""What of the benchmark can be told without measuring anything."""
