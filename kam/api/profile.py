"""What a person sets for themselves over the API, their own sign-ins, and the change of their password."""

from django.contrib.auth import update_session_auth_hash
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from kam.actions.own_settings import change_own_password, change_own_settings
from kam.api.idempotency import Idempotent
from kam.api.people import LANGUAGES, THEMES, SignInSerializer
from kam.api.problems import Problem
from kam.api.tokens import proven
from kam.api.views import checked
from kam.desk.profile import own_sign_ins
from kam.forms import ZONES
from kam.models import User


class OwnSettingsSerializer(serializers.Serializer):
    """What may be set; what is not sent stays."""

    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    time_zone = serializers.ChoiceField(choices=ZONES, required=False)
    theme = serializers.ChoiceField(choices=THEMES, required=False)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)


class ProfileSerializer(serializers.ModelSerializer):
    """Who I am: my roles and settings, whom I stand in for today, and who signed in as me lately."""

    roles = serializers.SlugRelatedField(source="groups", slug_field="name", many=True, read_only=True)
    stands_in_for = serializers.SerializerMethodField()
    sign_ins = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = (
            "id", "email", "name", "short_name", "position", "manager", "roles", "language", "time_zone", "theme",
            "phone", "stands_in_for", "sign_ins",
        )  # fmt: skip

    def get_stands_in_for(self, user) -> list[int]:
        return [standing.user_id for standing in user.standings.absent]

    def get_sign_ins(self, user) -> SignInSerializer(many=True):
        return SignInSerializer(own_sign_ins(user), many=True).data


class ProfileView(Idempotent, APIView):
    """My profile."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=ProfileSerializer)
    def get(self, request):
        return Response(ProfileSerializer(request.user).data)

    @extend_schema(request=OwnSettingsSerializer, responses=ProfileSerializer)
    def patch(self, request):
        change_own_settings(by=request.user, **checked(OwnSettingsSerializer(data=request.data)))
        return Response(ProfileSerializer(request.user).data)


class NewPasswordSerializer(serializers.Serializer):
    """The present password proves who asks."""

    old_password = serializers.CharField(trim_whitespace=False, max_length=128, style={"input_type": "password"})
    new_password = serializers.CharField(trim_whitespace=False, max_length=128, style={"input_type": "password"})


class PasswordChangedSerializer(serializers.Serializer):
    """How many tokens ended with the old password, the one of this request among them."""

    tokens_revoked = serializers.IntegerField()


class OwnPasswordView(APIView):
    """Give oneself a new password: other devices are signed out and every token ends, also the one that asks.

    Sent twice it is refused: the first request has changed the password that proves the second.
    """

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=NewPasswordSerializer, responses=PasswordChangedSerializer)
    def post(self, request):
        sent = checked(NewPasswordSerializer(data=request.data))
        prove_again(request, sent["old_password"])
        revoked = change_own_password(by=request.user, password=sent["new_password"])
        if request.auth is None:  # signed in by a session, which goes on
            update_session_auth_hash(request._request, request.user)
        return Response({"tokens_revoked": revoked})


def prove_again(request, password: str) -> None:
    """Raise a problem unless this is the person's password: 400, and 429 after too many wrong ones.

    Wrong ones count like those at the door, so that a found token does not help to guess.
    """
    try:
        proven(request._request, request.user.email, password, entering=False)
    except Problem as problem:
        if problem.status_code != 401:
            raise
        errors = [{"pointer": "/old_password", "detail": _("This is not your password."), "code": "wrong_password"}]
        raise Problem(400, "invalid", _("What was sent is not valid."), errors=errors) from problem
