"""The people in the API: who works here, who stands in for whom, who came in."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kam.actions.substitutions import arrange_substitution, end_substitution
from kam.actions.users import change_user, create_user
from kam.api.verbs import ReasonSerializer, Verb
from kam.api.views import ScopedViewSet, VisibleId, register
from kam.desk.sign_ins import SignInFilter
from kam.desk.substitutions import STATES, SubstitutionFilter, state_of
from kam.forms import ZONES
from kam.models import SignIn, Substitution, User
from kam.roles import ROLES
from kam.workspace import UserFilter

LANGUAGES, THEMES = (User._meta.get_field(name).choices for name in ("language", "theme"))


class AccountSerializer(serializers.ModelSerializer):
    """What the administrator looks after."""

    class Meta:
        model = User
        fields = ("language", "time_zone", "discount_limit", "joined_at", "last_login")


class UserSerializer(serializers.ModelSerializer):
    """A colleague; the account for those who look after people."""

    roles = serializers.SlugRelatedField(source="groups", slug_field="name", many=True, read_only=True)
    account = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "email", "name", "short_name", "position", "phone", "manager", "roles", "is_active", "account")

    @extend_schema_field(AccountSerializer(allow_null=True))
    def get_account(self, user):
        """Null for everybody else."""
        request = self.context.get("request")
        seen = request is not None and request.user.has_perm("kam.view_user")
        return AccountSerializer(user).data if seen else None


class UserWriteSerializer(serializers.Serializer):
    """A person as the administrator writes them; a new password signs the person out everywhere."""

    last_name = serializers.CharField(max_length=100)
    first_name = serializers.CharField(max_length=100)
    patronymic = serializers.CharField(required=False, allow_blank=True, max_length=100)
    position = serializers.CharField(required=False, allow_blank=True, max_length=150)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    manager = VisibleId(User, source="manager_id", required=False, allow_null=True)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=[(name, role.label) for name, role in ROLES.items()]), allow_empty=False
    )
    discount_limit = serializers.DecimalField(
        required=False, max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    email = serializers.EmailField()
    password = serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=128, style={"input_type": "password"}
    )
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    time_zone = serializers.ChoiceField(choices=ZONES, required=False)
    is_active = serializers.BooleanField(required=False)


def change_person(pk: int, *, by: User, version: int | None = None, **fields) -> User:
    """Change what was sent of a person; people have no version to be held."""
    return change_user(pk, by=by, **fields)


@register("users")
class UserApi(ScopedViewSet):
    """The people who work here. The administrator writes them."""

    model = User
    serializer_class = UserSerializer
    write_serializer = UserWriteSerializer
    prefetch = ("groups",)
    filterset_class = UserFilter
    orderings = ("sort_key", "email")
    permissions = {"view": "accounts.view_client"}
    create_action, change_action = create_user, change_person


class SubstitutionSerializer(serializers.ModelSerializer):
    """Who stands in for whom, and when; `state` is where it stands today."""

    state = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=list(STATES.items())))
    def get_state(self, cover) -> str:
        return state_of(cover)

    class Meta:
        model = Substitution
        fields = (
            "id", "absent", "deputy", "starts_on", "ends_on", "state", "reason", "arranged_by", "ended_at", "version",
        )  # fmt: skip


class NewSubstitutionSerializer(serializers.Serializer):
    """What arranges a substitution."""

    absent = VisibleId(User)
    deputy = VisibleId(User)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


def arrange(*, by, day, absent, deputy, **values):
    """Arrange a substitution between two people named by their ids."""
    people = User.objects.in_bulk([absent, deputy])
    return arrange_substitution(by=by, day=day, absent=people[absent], deputy=people[deputy], **values)


@register("substitutions")
class SubstitutionApi(ScopedViewSet):
    """Rights and duties handed over for some days."""

    model = Substitution
    serializer_class = SubstitutionSerializer
    create_serializer = NewSubstitutionSerializer
    create_action = arrange
    filterset_class = SubstitutionFilter
    orderings = ("starts_on", "ends_on")
    permissions = {"add": "kam.view_substitution"}
    verbs = (Verb("end", end_substitution, ReasonSerializer),)


class SignInSerializer(serializers.ModelSerializer):
    """An attempt to come in, or a way out."""

    class Meta:
        model = SignIn
        fields = ("id", "at", "user", "email", "outcome", "address", "agent")


@register("sign-ins")
class SignInApi(ScopedViewSet):
    """Who came in, who tried to, and who left; one's own stand in `GET /profile/`."""

    model = SignIn
    serializer_class = SignInSerializer
    filterset_class = SignInFilter
    orderings = ("at",)
