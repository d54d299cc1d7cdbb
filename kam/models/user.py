from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kam.access import Reach, Rights, ScopedQuerySet, Standings
from kam.clock import today
from kam.models.fields import MomentField
from kam.roles import ROLES
from kam.search import SearchField, SortKeyField, search_index
from kam.standings import standings_on


class UserQuerySet(ScopedQuerySet):
    view_permission = "accounts.view_client"  # colleagues are known to everybody who works here

    def active(self):
        return self.filter(is_active=True)

    def in_role(self, *roles):
        return self.filter(groups__name__in=roles).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    """Makes users; their e-mail is their name at sign-in, in lower case."""

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works here. `groups` are their roles, `manager` heads their team."""

    email = models.EmailField(_("e-mail"), unique=True)
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    position = models.CharField(_("position"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="team", verbose_name=_("head")
    )
    language = models.CharField(
        _("language"), max_length=5, default="ru", choices=[("ru", _("Russian")), ("en", _("English"))]
    )
    time_zone = models.CharField(_("time zone"), max_length=50, default="Europe/Moscow")
    theme = models.CharField(
        _("theme"),
        max_length=5,
        default="auto",
        choices=[("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    discount_limit = models.DecimalField(
        _("discount limit, %"),
        max_digits=5,
        decimal_places=2,
        default=0,
        help_text=_("A larger discount needs the head's approval."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("opens the back office"), default=False)
    joined_at = MomentField(_("joined"))
    search = SearchField(of=("last_name", "first_name", "patronymic", "email", "position"))
    sort_key = SortKeyField(of="name")

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ("last_name", "first_name")

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("sort_key", "pk")
        indexes = [search_index("user_search")]
        constraints = [
            models.CheckConstraint(name="user_not_own_head", condition=~models.Q(manager=models.F("id"))),
            models.CheckConstraint(
                name="user_discount_limit_percent",
                condition=models.Q(discount_limit__gte=0, discount_limit__lte=100),
            ),
        ]

    def __str__(self):
        return self.short_name

    @property
    def name(self) -> str:
        """The full name, last name first."""
        return " ".join(filter(None, (self.last_name, self.first_name, self.patronymic)))

    @property
    def short_name(self) -> str:
        """The last name and initials."""
        initials = " ".join(f"{part[0]}." for part in (self.first_name, self.patronymic) if part)
        return f"{self.last_name} {initials}".strip()

    @cached_property
    def standings(self) -> Standings:
        """The user's rights today, with those of the people they substitute; read once per request."""
        return standings_on(today(), self.pk)

    @property
    def rights(self) -> Rights:
        """What the user may do today: by the matrix of roles, with the rights of those they substitute."""
        if not self.is_active:
            return Rights()
        return Rights(everything=True) if self.is_superuser else self.standings.rights

    def has_perm(self, perm, obj=None) -> bool:
        """A page asks this dozens of times: of the rights themselves, not of every way to sign in."""
        return self.rights.has_perm(perm)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Names of the user's own roles."""
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def reach(self) -> Reach:
        """Whose clients the user sees, substitutions included."""
        reach = Reach()
        for standing in self.standings.all:
            reach |= standing.reach
        return reach

    @property
    def role_labels(self) -> str:
        """The names of the user's roles in words, from the prefetched groups where they are."""
        return ", ".join(str(ROLES[group.name].label) for group in self.groups.all() if group.name in ROLES)
