"""Tokens of the API: a program of a person signs in once and carries its token from then on."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response

from kam import clock
from kam.actions.api_tokens import LONGEST_DAYS, make_token, revoke_token
from kam.actions.sign_ins import record_sign_in
from kam.api.problems import Problem
from kam.models import ApiToken, SignIn, User


class TokenSerializer(serializers.ModelSerializer):
    """A token as its owner sees it; its text is told only once, when it is made."""

    id = serializers.CharField(source="token_key", read_only=True)
    created_at = serializers.DateTimeField(source="created", read_only=True)
    expires_at = serializers.DateTimeField(source="expiry", read_only=True)

    class Meta:
        model = ApiToken
        fields = ("id", "name", "created_at", "expires_at")


class NewTokenSerializer(serializers.Serializer):
    """What makes a token: a person proves themselves by e-mail and password."""

    email = serializers.EmailField()
    password = serializers.CharField(style={"input_type": "password"}, trim_whitespace=False)
    name = serializers.CharField(max_length=100)
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, default=90)


class MadeTokenSerializer(TokenSerializer):
    """A token just made, with its text."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")


class TokenViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """My tokens: list them, make one with e-mail and password, revoke one."""

    model = ApiToken
    queryset = ApiToken.objects.none()
    serializer_class = TokenSerializer
    pagination_class = None
    filter_backends = ()
    lookup_field = "token_key"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[0-9a-f]{1,25}"

    def get_permissions(self):
        return [AllowAny() if self.action == "create" else IsAuthenticated()]

    def get_serializer_class(self):
        return NewTokenSerializer if self.action == "create" else TokenSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return ApiToken.objects.none()
        return ApiToken.objects.visible_to(self.request.user).filter(expiry__gt=clock.now())

    @extend_schema(request=NewTokenSerializer, responses={201: MadeTokenSerializer})
    def create(self, request):
        """Make a token. Its text is in this answer and nowhere else."""
        sent = NewTokenSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        user = proven(request._request, given["email"], given["password"])
        token, text = make_token(by=user, name=given["name"], days=given["days"])
        return Response({**TokenSerializer(token).data, "token": text}, 201)

    def destroy(self, request, id):
        """Revoke a token: whoever carries it is signed out at once."""
        revoke_token(self.get_object().pk, by=request.user)
        return Response(status=204)


def proven(request, email: str, password: str, *, entering: bool = True) -> User:
    """The person with this e-mail and password; every attempt is written down, a good one only of who is `entering`.

    Raises a problem: 401 for a wrong pair, 429 after too many of them.
    """
    user = authenticate(request, username=email.strip().lower(), password=password)
    locked = getattr(request, "axes_locked_out", False)
    request.axes_locked_out = False  # the answer is ours to give, as a problem
    outcome = SignIn.Outcome.LOCKED if locked else SignIn.Outcome.SIGNED_IN if user else SignIn.Outcome.REFUSED
    agent = request.headers.get("User-Agent", "")
    if entering or user is None:
        record_sign_in(outcome, email=email, user=user, address=request.META.get("REMOTE_ADDR"), agent=agent)
    if locked:
        wait = int(settings.AXES_COOLOFF_TIME * 3600)
        text = _("Too many wrong passwords: wait a quarter of an hour.")
        raise Problem(429, "locked", _("Too many attempts to sign in."), text, {"Retry-After": str(wait)})
    if user is None:
        raise Problem(401, "wrong_password", _("The e-mail or the password is wrong."))
    return user
