"""Who stands in for whom: arrange it, see it, end it early."""

from django import forms
from django.db.models import Case, CharField, Value, When
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam import clock
from kam.actions.substitutions import ARRANGE, arrange_substitution, days_of, end_substitution
from kam.desk.messages import told
from kam.models import Substitution, User
from kam.pages import (
    Button,
    ChoicesFilter,
    Column,
    DayField,
    Facts,
    FilterSet,
    Form,
    Page,
    RemoteChoiceField,
    RemoteFilter,
    Screen,
    Table,
    Trail,
)
from kam.pages.views import gone_to
from kam.refusals import Refused

STATES = {"planned": _("Planned"), "active": _("In force"), "ended": _("Ended")}


def state_of(cover) -> str:
    """Where a substitution stands today: planned, active or ended."""
    day = clock.today()
    if cover.ended_at or cover.ends_on < day:
        return "ended"
    return "planned" if cover.starts_on > day else "active"


def state_now() -> Case:
    """The same in SQL."""
    day = clock.today()
    over = When(ended_at__isnull=False, then=Value("ended")), When(ends_on__lt=day, then=Value("ended"))
    return Case(
        *over, When(starts_on__gt=day, then=Value("planned")), default=Value("active"), output_field=CharField()
    )


class SubstitutionTable(Table):
    absent = Column(_("Absent"), kind="link", accessor="absent.short_name")
    deputy = Column(_("Deputy"), kind="person")
    starts_on = Column(_("From"), kind="date", sort=True)
    ends_on = Column(_("To"), kind="date", sort=True)
    state = Column(_("State"), accessor=lambda cover: STATES[state_of(cover)])
    reason = Column(_("Reason"))

    class Meta:
        related = ("absent", "deputy")
        sort = "-starts_on"


class StateFilter(ChoicesFilter):
    """By where it stands today."""

    def filter(self, queryset, value):
        if not value:
            return queryset
        chosen = value if isinstance(value, list | tuple | set) else [value]
        return queryset.alias(state_now=state_now()).filter(state_now__in=chosen)


class SubstitutionFilter(FilterSet):
    state = StateFilter(label=_("State"), choices=list(STATES.items()))
    absent = RemoteFilter(label=_("Absent"), queryset=User.objects.all())
    deputy = RemoteFilter(label=_("Deputy"), queryset=User.objects.all())

    class Meta:
        model = Substitution
        fields = ()


class SubstitutionForm(Form):
    absent = RemoteChoiceField(label=_("Who is absent"), queryset=User.objects.active())
    deputy = RemoteChoiceField(
        label=_("Who stands in"),
        queryset=User.objects.active(),
        help_text=_("Sees and may do what the absent person may, for these days; the history says on whose behalf."),
    )
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        if user is not None:
            self.fields["absent"].initial = user.pk
            self.fields["absent"].disabled = not user.has_perm(ARRANGE)


def arrange(*, by, **values) -> Substitution:
    """Arrange a substitution as of today."""
    return arrange_substitution(by=by, day=clock.today(), **values)


def may_end(cover, user) -> bool:
    """Whether the button that ends it is offered."""
    own = user.pk in (cover.absent_id, cover.deputy_id)
    return state_of(cover) != "ended" and (own or user.has_perm(ARRANGE))


class SubstitutionPage(Page):
    """Rights and duties handed over for some days."""

    model, table, filterset, form = Substitution, SubstitutionTable, SubstitutionFilter, SubstitutionForm
    create = arrange
    path, icon = "substitutions", "arrows-exchange"
    menu, menu_order = "settings", 20
    permissions = {"add": "kam.view_substitution"}
    panels = (
        Facts(
            "absent",
            "deputy",
            "starts_on",
            "ends_on",
            (lambda cover: STATES[state_of(cover)], _("State")),
            "reason",
            "arranged_by",
            "ended_at",
        ),
        Trail(),
    )
    actions = (
        Button(
            _("End now"),
            lambda cover, user: reverse("kam:substitution_end", args=[cover.pk]),
            icon="player-stop",
            shown=may_end,
            post=True,
        ),
    )
    empty = _("Nobody stands in for anybody. Arrange it before a holiday or a business trip.")

    @classmethod
    def detail_rows(cls, user):
        return cls.rows(user).select_related("absent", "deputy", "arranged_by")

    @classmethod
    def subheading(cls, document):
        return days_of(document)


class SubstitutionEnd(Screen):
    """POST: end a substitution now."""

    app, name, path = "kam", "substitution_end", "substitutions/<int:pk>/end/"
    permission = "kam.view_substitution"
    http_method_names = ("post",)

    def post(self, request, pk):
        cover = get_object_or_404(Substitution.objects.visible_to(request.user), pk=pk)
        refused = None
        try:
            end_substitution(cover.pk, by=request.user)
        except Refused as error:
            refused = error
        told(request, _("The substitution is ended."), refused)
        return gone_to(request, SubstitutionPage.detail_url(pk))
