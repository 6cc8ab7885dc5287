"""Every target, by what it is about."""

from tests.fuzz.targets import (
    addresses,
    app,
    bodies,
    criteria,
    doors,
    events,
    exchanges,
    files,
    moments,
    parameters,
    snapshots,
    stored,
)

TARGETS = (
    *bodies.TARGETS,
    *parameters.TARGETS,
    *addresses.TARGETS,
    *doors.TARGETS,
    *criteria.TARGETS,
    *moments.TARGETS,
    *exchanges.TARGETS,
    *events.TARGETS,
    *files.TARGETS,
    *snapshots.TARGETS,
    *stored.TARGETS,
    *app.TARGETS,
)
