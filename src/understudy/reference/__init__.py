"""What a reader of an API's reference wants to know, worked out from its compiled contract. Knows no web server."""
