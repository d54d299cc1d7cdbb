import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Client
from kam.actions.substitutions import arrange_substitution, end_substitution
from kam.actions.users import change_user
from kam.clock import today
from kam.models import Notification, Substitution, TrailEntry, User
from kam.refusals import Forbidden, Refused

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def arrange(by, absent, deputy, first=0, last=4):
    day = today()
    return arrange_substitution(
        by=by, day=day, absent=absent, deputy=deputy, starts_on=day + first * DAY, ends_on=day + last * DAY
    )


def codes(caught) -> set[str]:
    return {refusal.code for refusal in caught.value.refusals}


def test_a_person_arranges_their_own(anna, dasha):
    cover = arrange(anna, anna, dasha)
    assert TrailEntry.objects.of(cover).get().by_id == anna.pk
    assert [note.user_id for note in Notification.objects.all()] == [dasha.pk]


def test_another_persons_only_by_their_head_or_the_administrator(anna, dasha, vera, boris, gleb, admin):
    with pytest.raises(Forbidden):
        arrange(dasha, anna, dasha)
    with pytest.raises(Forbidden):
        arrange(gleb, anna, vera)
    assert Substitution.objects.count() == 0
    arrange(boris, anna, dasha)
    arrange(admin, vera, gleb)
    assert Substitution.objects.count() == 2


def test_nobody_stands_in_for_themselves(anna):
    with pytest.raises(Refused) as caught:
        arrange(anna, anna, anna)
    assert "self" in codes(caught)


@pytest.mark.parametrize(("first", "last", "refused"), [(0, 4, True), (4, 9, True), (5, 9, False)])
def test_one_deputy_a_day(anna, dasha, vera, first, last, refused):
    arrange(anna, anna, dasha, 0, 4)
    if not refused:
        assert arrange(anna, anna, vera, first, last)
        return
    with pytest.raises(Refused) as caught:
        arrange(anna, anna, vera, first, last)
    assert codes(caught) == {"overlap"}
    assert Substitution.objects.count() == 1


def test_no_chain_through_an_absent_deputy(anna, dasha, vera):
    arrange(dasha, dasha, vera, 2, 3)
    with pytest.raises(Refused) as caught:
        arrange(anna, anna, dasha, 0, 2)
    assert codes(caught) == {"chain"}
    assert arrange(anna, anna, dasha, 4, 6)


def test_no_chain_through_a_deputy_who_leaves(anna, dasha, vera):
    arrange(anna, anna, dasha, 0, 4)
    with pytest.raises(Refused) as caught:
        arrange(dasha, dasha, vera, 4, 5)
    assert codes(caught) == {"chain"}
    assert Substitution.objects.count() == 1


def test_days_that_are_over_or_reversed(anna, dasha):
    with pytest.raises(Refused) as caught:
        arrange(anna, anna, dasha, -5, -1)
    assert codes(caught) == {"past"}
    with pytest.raises(Refused) as caught:
        arrange(anna, anna, dasha, 3, 2)
    assert codes(caught) == {"period"}


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_a_deputy_sees_what_the_absent_sees_within_the_window_only(anna, vera):
    hers = Client.objects.create(name="Рассвет", channel="dealer", manager=anna)
    cover = arrange(anna, anna, vera, 0, 1)
    assert list(Client.objects.visible_to(fresh(vera))) == [hers]
    Substitution.objects.update(starts_on=today() - 3 * DAY, ends_on=today() - DAY)
    assert list(Client.objects.visible_to(fresh(vera))) == []
    Substitution.objects.update(starts_on=today() + DAY, ends_on=today() + 3 * DAY)
    assert list(Client.objects.visible_to(fresh(vera))) == []
    Substitution.objects.update(starts_on=today())
    assert list(Client.objects.visible_to(fresh(vera))) == [hers]
    end_substitution(cover.pk, by=anna)
    assert list(Client.objects.visible_to(fresh(vera))) == []


def test_it_is_ended_once_by_those_it_concerns(anna, dasha, vera):
    cover = arrange(anna, anna, dasha)
    with pytest.raises(Forbidden):
        end_substitution(cover.pk, by=vera)
    end_substitution(cover.pk, by=dasha, reason="Вернулась раньше")
    with pytest.raises(Refused) as caught:
        end_substitution(cover.pk, by=anna)
    assert codes(caught) == {"substitution_over"}
    assert list(TrailEntry.objects.of(cover).values_list("verb", "reason")) == [
        ("end", "Вернулась раньше"),
        ("create", ""),
    ]


def test_the_page_arranges_and_ends_it_and_the_banner_shows(client, anna, vera):
    client.force_login(anna, backend="kam.sign_in.RoleBackend")
    day = today()
    answer = client.post(
        reverse("kam:substitution_new"),
        # A KAM arranges nobody else's: the field is not read.
        {"absent": vera.pk, "deputy": vera.pk, "starts_on": f"{day:%d.%m.%Y}", "ends_on": f"{day:%Y-%m-%d}"},
    )
    cover = Substitution.objects.get()
    assert (answer.status_code, cover.absent_id, cover.deputy_id) == (303, anna.pk, vera.pk)
    client.force_login(vera, backend="kam.sign_in.RoleBackend")
    assert "Аннина Анна" in client.get(reverse("kam:today")).content.decode()
    assert client.post(reverse("kam:substitution_end", args=[cover.pk])).status_code == 303
    assert "Аннина Анна" not in client.get(reverse("kam:today")).content.decode()


def test_strangers_do_not_see_it(client, anna, dasha, vera):
    cover = arrange(anna, anna, dasha)
    client.force_login(vera, backend="kam.sign_in.RoleBackend")
    assert client.get(reverse("kam:substitution_detail", args=[cover.pk])).status_code == 404
    assert client.post(reverse("kam:substitution_end", args=[cover.pk])).status_code == 404
    cover.refresh_from_db()
    assert cover.ended_at is None


def test_a_closed_account_hands_nothing_over(anna, dasha, boris, admin):
    """The deputy of somebody whose account is closed loses the rights at once; what is past stays as it was."""
    client = Client.objects.create(name="Рассвет", channel="dealer", manager=anna)
    cover = arrange(anna, anna, dasha)
    later = arrange(anna, anna, boris, first=10, last=12)
    assert client in Client.objects.visible_to(User.objects.get(pk=dasha.pk))
    User.objects.filter(pk=anna.pk).update(is_active=False)  # closed past the action, as in the back office
    assert client not in Client.objects.visible_to(User.objects.get(pk=dasha.pk))
    User.objects.filter(pk=anna.pk).update(is_active=True)

    change_user(anna.pk, by=admin, is_active=False)
    assert client not in Client.objects.visible_to(User.objects.get(pk=dasha.pk))
    for each in (cover, later):
        each.refresh_from_db()
        entry = TrailEntry.objects.of(each).first()
        assert each.ended_at is not None
        assert (entry.verb, entry.by_id, bool(entry.reason)) == ("end", admin.pk, True)
    change_user(anna.pk, by=admin, is_active=True)
    assert client not in Client.objects.visible_to(User.objects.get(pk=dasha.pk))
