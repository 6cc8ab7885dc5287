"""The applications that Understudy is compared with. Each is served by uvicorn and gives prepared answers."""
