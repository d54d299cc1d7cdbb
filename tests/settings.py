"""Settings of the tests: the program's own, after the engines that it will find are up."""

from tests import engines

engines.prepare()

from kam.settings import *  # noqa: E402, F403

# Hashing a password slowly is for production; what the tests prove about passwords does not depend on it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
