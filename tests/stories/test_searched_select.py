"""A searched select under quick hands and slow answers: it takes what was meant and never takes the focus back."""

import datetime as dt

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


BEFORE_NOON, NOON = dt.datetime(2026, 11, 20, 11), dt.datetime(2026, 11, 20, 12)


@pytest.fixture
def form(enter, anna, boris, dasha):
    """Boris before the form that asks for two people, in a window whose clock the test moves."""
    window = enter(boris)
    window.clock.install(time=BEFORE_NOON)
    window.goto("/substitutions/new/")
    return window


@pytest.fixture
def slow(form):
    """Answers that are kept back; `slow()` waits for a number of them and lets them go, the last one first."""
    kept = []
    form.route("**/choices/**", lambda route: kept.append(route))

    def let_go(count):
        while len(kept) < count:
            form.clock.run_for(100)
        while kept:
            with form.expect_response("**/choices/**"):
                kept.pop().continue_()

    return let_go


def open_up(window, name):
    """Click into a searched select."""
    window.locator(f"select[name={name}] + .ts-wrapper .ts-control").click()
    expect(field(window, name)).to_be_focused()


def field(window, name):
    """The typing place of a searched select."""
    return window.locator(f"select[name={name}] + .ts-wrapper input")


def items(window, name):
    """What stands chosen."""
    return window.locator(f"select[name={name}] + .ts-wrapper .item")


def options(window, name):
    """What is offered."""
    return window.locator(f"select[name={name}] + .ts-wrapper .option")


def opened(window, name):
    """The place of what is offered."""
    return window.locator(f"select[name={name}] + .ts-wrapper .ts-dropdown")


def test_a_word_left_behind_opens_nothing(form):
    open_up(form, "deputy")
    form.keyboard.type("Анн")
    form.keyboard.press("Tab")
    expect(form.locator("[name=starts_on]")).to_be_focused()
    form.clock.run_for(2000)
    expect(form.locator("[name=starts_on]")).to_be_focused()
    expect(opened(form, "deputy")).to_be_hidden()


def test_an_option_picked_before_the_search_is_asked_stays_the_last_word(form):
    open_up(form, "deputy")
    form.clock.run_for(400)
    expect(options(form, "deputy").filter(has_text="Дарьина")).to_be_visible()
    form.clock.pause_at(NOON)
    form.keyboard.type("Дар")
    options(form, "deputy").filter(has_text="Дарьина").click()
    open_up(form, "absent")
    form.keyboard.type("Аннина")
    form.clock.run_for(2000)
    expect(options(form, "absent").filter(has_text="Аннина")).to_be_visible()
    expect(field(form, "absent")).to_be_focused()
    expect(opened(form, "deputy")).to_be_hidden()
    expect(items(form, "deputy")).to_have_text("Дарьина Д.")


def test_an_early_enter_takes_the_answer_to_what_was_typed(form, slow):
    open_up(form, "deputy")
    slow(1)
    expect(options(form, "deputy").filter(has_text="Аннина")).to_be_visible()
    form.keyboard.type("Дарьина")
    form.keyboard.press("Enter")
    form.keyboard.press("Tab")
    form.keyboard.type("01.12.2026")
    expect(items(form, "deputy")).to_have_count(0)
    slow(1)
    expect(items(form, "deputy")).to_have_text("Дарьина Д.")
    expect(opened(form, "deputy")).to_be_hidden()
    expect(form.locator("[name=starts_on]")).to_be_focused()
    expect(form.locator("[name=starts_on]")).to_have_value("01.12.2026")
    assert form.url.endswith("/substitutions/new/"), "Enter sent no form"


def test_a_late_answer_neither_shows_nor_opens(form, slow):
    open_up(form, "deputy")
    form.keyboard.type("Анн")
    form.clock.run_for(400)
    form.keyboard.type("ина")
    form.keyboard.press("Backspace")
    slow(2)
    expect(options(form, "deputy")).to_have_text(["Аннина А."])
    options(form, "deputy").click()
    expect(items(form, "deputy")).to_have_text("Аннина А.")
    form.keyboard.type("Дарьина")
    form.clock.run_for(400)
    form.keyboard.press("Escape")
    slow(1)
    expect(opened(form, "deputy")).to_be_hidden()
    expect(items(form, "deputy")).to_have_text("Аннина А.")


def test_a_word_taken_back_brings_the_others_back(form):
    open_up(form, "deputy")
    form.clock.run_for(400)
    expect(options(form, "deputy")).not_to_have_count(0)
    everybody = options(form, "deputy").all_inner_texts()
    assert len(everybody) == 3
    for _ in range(2):
        form.keyboard.type("Дарьина")
        form.clock.run_for(400)
        expect(options(form, "deputy")).to_have_text(["Дарьина Д."])
        for _letter in "Дарьина":
            form.keyboard.press("Backspace")
        form.clock.run_for(400)
        expect(options(form, "deputy")).to_have_text(everybody)
