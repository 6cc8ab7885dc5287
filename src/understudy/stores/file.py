"""placeholder"""
class FileStore:
    def __init__(self, *a, **k): raise NotImplementedError
