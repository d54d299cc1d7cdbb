"""Who works at the demo company. The one place where the demo's password stands."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from kam.models import User

PASSWORD = "Показ-2026-dcm"
DOMAIN = "dcm.example"


@dataclass(frozen=True)
class Person:
    """A demo user: login before the @, name, role, whose team, discount limit in per cent."""

    login: str
    last_name: str
    first_name: str
    patronymic: str
    role: str
    position: str
    head: str = ""
    discount_limit: int = 0

    @property
    def email(self) -> str:
        return f"{self.login}@{DOMAIN}"


PEOPLE = (
    Person("director", "Орлова", "Елена", "Сергеевна", "general_director", "Генеральный директор", "", 100),
    Person("finance", "Фёдоров", "Илья", "Маркович", "finance_director", "Финансовый директор"),
    Person("head", "Борисов", "Борис", "Андреевич", "head_of_sales", "Руководитель продаж, запад", "director", 15),
    Person("head2", "Громова", "Полина", "Юрьевна", "head_of_sales", "Руководитель продаж, восток", "director", 15),
    Person("kam", "Иванова", "Анна", "Петровна", "kam", "Менеджер по ключевым клиентам", "head", 5),
    Person("kam2", "Соколов", "Денис", "Олегович", "kam", "Менеджер по ключевым клиентам", "head", 5),
    Person("kam3", "Лебедева", "Ольга", "Игоревна", "kam", "Менеджер по ключевым клиентам", "head", 5),
    Person("kam4", "Рябов", "Павел", "Ильич", "kam", "Менеджер по ключевым клиентам", "head", 3),
    Person("kam5", "Ёлкина", "Вера", "Дмитриевна", "kam", "Менеджер по ключевым клиентам", "head2", 5),
    Person("kam6", "Тихонов", "Артём", "Сергеевич", "kam", "Менеджер по ключевым клиентам", "head2", 5),
    Person("kam7", "Цветкова", "Инна", "Романовна", "kam", "Менеджер по ключевым клиентам", "head2", 5),
    Person("kam8", "Шаров", "Никита", "Львович", "kam", "Менеджер по ключевым клиентам", "head2", 3),
    Person("support", "Кузнецова", "Софья", "Андреевна", "sales_support", "Поддержка продаж"),
    Person("support2", "Мельник", "Глеб", "Иванович", "sales_support", "Поддержка продаж"),
    Person("marketing", "Воронова", "Марина", "Эдуардовна", "marketing", "Менеджер по маркетингу"),
    Person("trainer", "Тимофеев", "Роман", "Викторович", "trainer", "Тренер"),
    Person("service", "Сергеев", "Антон", "Павлович", "service", "Сервисный инженер"),
    Person("admin", "Администратов", "Кирилл", "Олегович", "administrator", "Администратор"),
)


def hire() -> dict[str, User]:
    """Create everybody with their role and head; returns the users by login."""
    groups = {group.name: group for group in Group.objects.all()}
    users: dict[str, User] = {}
    password = make_password(PASSWORD)  # slow on purpose, so made once for all
    for person in PEOPLE:
        user = User.objects.create(
            email=person.email,
            password=password,
            last_name=person.last_name,
            first_name=person.first_name,
            patronymic=person.patronymic,
            position=person.position,
            manager=users.get(person.head),
            discount_limit=person.discount_limit,
            is_staff=person.role == "administrator",
        )
        user.groups.add(groups[person.role])
        users[person.login] = user
    return users
