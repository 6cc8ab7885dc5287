"""iVALT Admin Portal APIs: organisations, their users and auth codes, geo-fences and time slots."""

from understudy.kernel.provider import Provider
from understudy.providers.ivalt.access import authenticate
from understudy.providers.ivalt.auth_codes import list_auth_codes, update_auth_code
from understudy.providers.ivalt.dialect import DIALECT
from understudy.providers.ivalt.geofences import list_geofences, update_geofences
from understudy.providers.ivalt.organisations import list_organisations, read_organisation
from understudy.providers.ivalt.seed import seed
from understudy.providers.ivalt.state import IvaltState
from understudy.providers.ivalt.timeslots import update_timeslots
from understudy.providers.ivalt.users import create_user, delete_user, list_users, update_user

PROVIDER = Provider(
    name="ivalt",
    handlers=(
        list_organisations,
        read_organisation,
        list_users,
        create_user,
        update_user,
        delete_user,
        list_auth_codes,
        update_auth_code,
        list_geofences,
        update_geofences,
        update_timeslots,
    ),
    state=IvaltState,
    seed=seed,
    authenticate=authenticate,
    dialect=DIALECT,
    resources={"organisations": "Organization", "users": "User", "auth_codes": "AuthCode"},
)
