"""A mock inside this process: one thread with one event loop, to which every request is handed."""
