"""Whatever comes in: bytes on the wire, and values in whatever reads one.

``make fuzz`` goes on for minutes; ``make test`` for seconds, always the same ones. ``--seed`` says which,
``--fuzz-seconds`` how long: the wire so long, a server with a token half of it, each target a quarter.
"""
