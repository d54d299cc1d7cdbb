"""A small API of real models, so that the base is tried without what the apps declare."""

from django.urls import include, path
from rest_framework import serializers
from rest_framework.routers import DefaultRouter

from accounts.models import Client
from kam.api.tokens import TokenViewSet
from kam.api.verbs import Verb
from kam.api.views import ScopedViewSet, VisibleId
from kam.records import change_record, create_record
from orders.flow import INTAKE_FLOW
from orders.models import Intake


def add_client(*, by, day, name, channel="dealer", **fields):
    assert day
    return create_record(Client, by=by, permission="accounts.add_client", name=name, channel=channel, manager=by)


def edit_client(pk, *, by, version=None, **fields):
    return change_record(
        Client,
        pk,
        by=by,
        permission="accounts.change_client",
        version=version,
        manager_of=lambda client: client.manager_id,
        **fields,
    )


class ClientSerializer(serializers.ModelSerializer):
    class Meta:
        model = Client
        fields = ("id", "name", "city", "manager", "version")


class ClientWriteSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    city = serializers.CharField(required=False, allow_blank=True)
    group_id = VisibleId(Client, required=False)


class ClientApi(ScopedViewSet):
    model = Client
    serializer_class = ClientSerializer
    write_serializer = ClientWriteSerializer
    create_action, change_action = add_client, edit_client
    orderings = ("sort_key",)
    filterset_fields = ("city", "manager")


class IntakeSerializer(serializers.ModelSerializer):
    client = serializers.CharField(source="client.name")

    class Meta:
        model = Intake
        fields = ("id", "number", "client", "status")


def note(pk, *, by, text):
    intake = Intake.objects.get(pk=pk)
    intake.text = text
    intake.save()
    return intake


class NoteSerializer(serializers.Serializer):
    text = serializers.CharField()


class IntakeApi(ScopedViewSet):
    model = Intake
    serializer_class = IntakeSerializer
    related = ("client",)
    flow = INTAKE_FLOW
    verbs = (Verb("note", note, NoteSerializer),)


router = DefaultRouter()
router.register("clients", ClientApi, basename="clients")
router.register("intakes", IntakeApi, basename="intakes")
router.register("tokens", TokenViewSet, basename="token")
urlpatterns = [path("api/v1/", include((router.urls, "api")))]
handler404 = "kam.pages.errors.not_found"
