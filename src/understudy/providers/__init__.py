"""The parts that the mock can play: one folder per vendor, each exporting ``PROVIDER``."""
