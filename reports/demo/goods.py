"""The demo catalogue: eight invented brands, about six hundred articles with launches and ends of life."""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import PriceColumn
from kam.money import rounded
from orders.actions.catalogue import create_brand, create_category, create_products, create_warehouse
from orders.actions.prices import set_costs, set_prices
from orders.models import Product

# brand: (code, exclusive, families of goods)
BRANDS = {
    "Норвейн": ("NW", True, ("Автонавигаторы", "Туристические навигаторы")),
    "Глинтар": ("GT", True, ("Видеорегистраторы", "Радар-детекторы")),
    "Ауралис": ("AU", True, ("Беспроводные наушники", "Накладные наушники")),
    "Звонар": ("ZV", True, ("Портативные колонки", "Плееры")),
    "Кварцель": ("KV", False, ("Внешние аккумуляторы", "Зарядные устройства")),
    "Люмикс-Т": ("LT", False, ("Кабели", "Держатели", "Чехлы")),
    "Тропалон": ("TP", True, ("Спортивные часы", "Туристические навигаторы")),
    "Пиксоль": ("PX", False, ("Экшн-камеры", "Карты памяти")),
}
BRANCHES = {
    "Навигация": ("Автонавигаторы", "Туристические навигаторы", "Видеорегистраторы", "Радар-детекторы"),
    "Портативное аудио": ("Беспроводные наушники", "Накладные наушники", "Портативные колонки", "Плееры"),
    "Носимая электроника": ("Спортивные часы", "Экшн-камеры"),
    "Аксессуары": (
        "Внешние аккумуляторы",
        "Зарядные устройства",
        "Кабели",
        "Держатели",
        "Чехлы",
        "Карты памяти",
    ),
}
# family: (what one article is called, retail price from, to, units in a pack)
FAMILIES = {
    "Автонавигаторы": ("Автонавигатор", 6990, 24990, 10),
    "Туристические навигаторы": ("Навигатор туристический", 14990, 69990, 5),
    "Видеорегистраторы": ("Видеорегистратор", 4990, 29990, 10),
    "Радар-детекторы": ("Радар-детектор", 5990, 22990, 10),
    "Беспроводные наушники": ("Наушники беспроводные", 2490, 19990, 20),
    "Накладные наушники": ("Наушники накладные", 1990, 27990, 12),
    "Портативные колонки": ("Колонка портативная", 1990, 34990, 6),
    "Плееры": ("Плеер", 4990, 49990, 10),
    "Внешние аккумуляторы": ("Аккумулятор внешний", 990, 6990, 24),
    "Зарядные устройства": ("Устройство зарядное", 690, 4990, 40),
    "Кабели": ("Кабель", 290, 1990, 100),
    "Держатели": ("Держатель автомобильный", 590, 2990, 50),
    "Чехлы": ("Чехол", 390, 2490, 50),
    "Спортивные часы": ("Часы спортивные", 9990, 59990, 8),
    "Экшн-камеры": ("Камера", 8990, 44990, 8),
    "Карты памяти": ("Карта памяти", 590, 7990, 50),
}
SERIES = ("Старт", "Лайт", "Сити", "Про", "Макс", "Ультра", "Нова", "Атлас", "Вектор", "Пульс", "Ритм", "Север")
COLOURS = {"чёрный": "BK", "белый": "WH", "синий": "BL", "графит": "GR", "красный": "RD", "зелёный": "GN"}
COUNTRIES = ("Китай", "Вьетнам", "Тайвань")

# price columns of the demo: code, name, share of the retail price
COLUMNS = (
    ("RETAIL", "Розничная рекомендованная", Decimal("1.00")),
    ("DEALER", "Дилерская", Decimal("0.82")),
    ("PARTNER", "Партнёрская", Decimal("0.76")),
    ("CHAIN", "Розничные сети", Decimal("0.74")),
    ("DISTR", "Дистрибьюторская", Decimal("0.69")),
)
COST_SHARE = Decimal("0.47")  # of the retail price with VAT, before the noise
SCARCE = 12


@dataclass
class Article:
    """A product of the demo with what its history needs."""

    product: Product
    retail: Decimal
    weight: float  # how eagerly it is ordered


def make_columns() -> dict[str, PriceColumn]:
    """The columns of the price list by code."""
    made = [PriceColumn(code=code, name=name) for code, name, _share in COLUMNS]
    return {column.code: column for column in PriceColumn.objects.bulk_create(made)}


def ean_of(number: int) -> str:
    """A thirteen-digit article number of the range kept for use inside a company (20–29), with its check digit."""
    body = f"20{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def make_catalogue(*, by, head, columns, start: dt.date, end: dt.date, rng: random.Random) -> list[Article]:
    """Brands, categories, warehouses' goods, their prices and costs from `start`; returns the articles."""
    families = {}
    for branch, names in BRANCHES.items():
        parent = create_category(by=by, name=branch)
        for name in names:
            families[name] = create_category(by=by, name=name, parent=parent)
    brands = {
        name: create_brand(by=by, name=name, is_exclusive=exclusive) for name, (_c, exclusive, _f) in BRANDS.items()
    }
    articles = [
        article
        for name, (code, _exclusive, own) in BRANDS.items()
        for family in own
        for article in _family(code, brands[name], family, families[family], start, end, rng)
    ]
    for number, article in enumerate(articles, start=1):
        article.product.ean = ean_of(number)
    for article in rng.sample([a for a in articles if a.retail > 9000], SCARCE):
        article.product.is_scarce = True
        article.weight *= 3
    create_products(by=by, products=[article.product for article in articles])
    _price(articles, columns, by, head, start, end, rng)
    return articles


def _family(code, brand, family, category, start, end, rng) -> list[Article]:
    title, low, high, pack = FAMILIES[family]
    made = []
    span = (end - start).days
    for number, series in enumerate(rng.sample(SERIES, 9 if low > 1500 else 12), start=1):
        retail = Decimal(rng.randint(low // 100, high // 100) * 100 - 10)
        colours = rng.sample(list(COLOURS), rng.choice((3, 4, 5)))
        launched_on = start - dt.timedelta(days=rng.randint(30, 900))
        if rng.random() < 0.3:
            launched_on = start + dt.timedelta(days=rng.randint(20, span + 40))
        ends_on = launched_on + dt.timedelta(days=rng.randint(500, 1400))
        for colour in colours:
            product = Product(
                sku=f"{code}-{list(FAMILIES).index(category.name) + 1:02d}{number:02d}-{COLOURS[colour]}",
                name=f"{title} {brand.name} {series} {number * 10}, {colour}",
                brand=brand,
                category=category,
                pack=pack,
                launched_on=launched_on,
                ends_on=ends_on if ends_on < end + dt.timedelta(days=120) else None,
                life_cycle=_stage(launched_on, ends_on, end),
                country=rng.choice(COUNTRIES),
            )
            made.append(Article(product, retail, rng.paretovariate(1.2)))
    return made


def _stage(launched_on, ends_on, day) -> str:
    if launched_on > day:
        return Product.LifeCycle.ANNOUNCED
    return Product.LifeCycle.END_OF_LIFE if ends_on <= day else Product.LifeCycle.ACTIVE


def _price(articles, columns, by, head, start, end, rng):
    """A price list from the start, and two revisions of a part of it since."""
    revisions = ((start, 1.0), (start + (end - start) / 3, 0.35), (start + (end - start) * 2 / 3, 0.35))
    for day, share in revisions:
        revised = [article for article in articles if rng.random() < share]
        for article in revised:
            if day != start:
                article.retail = Decimal(int(article.retail * Decimal(str(rng.choice((0.9, 0.95, 1.05))))) // 10 * 10)
        for code, _name, part in COLUMNS:
            amounts = {article.product.pk: rounded(article.retail * part) for article in revised}
            set_prices(column_id=columns[code].pk, amounts=amounts, starts_on=day, by=by)
        noise = {article.product.pk: Decimal(str(round(rng.uniform(0.94, 1.08), 3))) for article in revised}
        costs = {a.product.pk: rounded(a.retail * COST_SHARE * noise[a.product.pk]) for a in revised}
        set_costs(amounts=costs, starts_on=day, by=head)


def make_warehouses(*, by):
    """Two warehouses of ours: the main one first."""
    return [
        create_warehouse(by=by, name="Москва, Томилино", address="Московская обл., Томилино, Гаршина, 11"),
        create_warehouse(by=by, name="Екатеринбург", address="Екатеринбург, Альпинистов, 77"),
    ]
