"""Every target, by what it is about."""

from tests.fuzz.targets import addresses, app, bodies, criteria, exchanges, files, moments, parameters, snapshots

TARGETS = (
    *bodies.TARGETS,
    *parameters.TARGETS,
    *addresses.TARGETS,
    *criteria.TARGETS,
    *moments.TARGETS,
    *exchanges.TARGETS,
    *files.TARGETS,
    *snapshots.TARGETS,
    *app.TARGETS,
)
