"""The only code that knows Connexion and ASGI."""

import warnings

with warnings.catch_warnings():
    # Connexion 3.3 imports deprecated pieces of its own dependencies; nobody here can mend that.
    warnings.simplefilter("ignore")
    import connexion.middleware.abstract  # noqa: F401
