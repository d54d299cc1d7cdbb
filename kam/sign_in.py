"""Sign-in by e-mail, and rights from the permissions matrix instead of permission rows."""

from django.contrib.auth.backends import ModelBackend


class RoleBackend(ModelBackend):
    """Passwords as Django keeps them; rights as kam.roles says, substitutions included."""

    def has_perm(self, user_obj, perm, obj=None):
        return user_obj.has_perm(perm)

    def has_module_perms(self, user_obj, app_label):
        return user_obj.is_active and any(
            grant.startswith(f"{app_label}.") for standing in user_obj.standings.all for grant in standing.grants
        )
