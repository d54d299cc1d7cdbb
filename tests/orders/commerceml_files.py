"""CommerceML texts that tests compose: the shape of real exports, with goods of our own invention."""

NAMESPACE = ' xmlns="urn:1C.ru:commerceml_2" xmlns:xs="http://www.w3.org/2001/XMLSchema"'


def whole(body: str, version="2.07", namespace=NAMESPACE) -> str:
    """A file with its usual root."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<КоммерческаяИнформация{namespace} ВерсияСхемы="{version}" ДатаФормирования="2026-03-02T10:11:12">\n'
        f"{body}\n</КоммерческаяИнформация>"
    )


def catalogue(products: str, groups: str = "", properties: str = "", changes: str = "false", **root) -> str:
    """A classifier and a catalogue."""
    return whole(
        "<Классификатор><Ид>k-1</Ид><Наименование>Классификатор</Наименование>"
        f"<Группы>{groups}</Группы><Свойства>{properties}</Свойства></Классификатор>\n"
        f'<Каталог СодержитТолькоИзменения="{changes}"><Ид>cat</Ид><Наименование>Основной</Наименование>'
        f"<Товары>{products}</Товары></Каталог>",
        **root,
    )


def offers(rows: str, types: str = "", changes: str = "false", tag="ПакетПредложений", **root) -> str:
    """A package of offers."""
    return whole(
        f'<{tag} СодержитТолькоИзменения="{changes}"><Ид>cat#</Ид><Наименование>Пакет</Наименование>'
        f"<ТипыЦен>{types}</ТипыЦен><Предложения>{rows}</Предложения></{tag}>",
        **root,
    )


def price_type(key="opt", name="Оптовая", currency="RUB", included="true") -> str:
    tax = f"<Налог><Наименование>НДС</Наименование><УчтеноВСумме>{included}</УчтеноВСумме></Налог>" if included else ""
    return f"<ТипЦены><Ид>{key}</Ид><Наименование>{name}</Наименование><Валюта>{currency}</Валюта>{tax}</ТипЦены>"


def price(amount, key="opt", extra="") -> str:
    return f"<Цена><ИдТипаЦены>{key}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>{extra}</Цена>"


def offer(key="p-1", prices="", rests="", extra="") -> str:
    return f"<Предложение><Ид>{key}</Ид>{extra}<Цены>{prices}</Цены>{rests}</Предложение>"


def product(key="p-1", name="Навигатор Север 5", sku="N-5", extra="") -> str:
    return f"<Товар><Ид>{key}</Ид><Артикул>{sku}</Артикул><Наименование>{name}</Наименование>{extra}</Товар>"


def partner(key="c-1", name="ООО Маяк", extra="", role="Покупатель") -> str:
    return f"<Контрагент><Ид>{key}</Ид><Наименование>{name}</Наименование>{extra}<Роль>{role}</Роль></Контрагент>"


def line(key="p-1", quantity="2", price_each="100.00", amount="200.00", extra="") -> str:
    return (
        f"<Товар><Ид>{key}</Ид><Артикул>N-5</Артикул><Наименование>Навигатор</Наименование>"
        f"<ЦенаЗаЕдиницу>{price_each}</ЦенаЗаЕдиницу><Количество>{quantity}</Количество><Сумма>{amount}</Сумма>"
        f"{extra}</Товар>"
    )


def document(lines: str, total="200.00", key="d-1", partners=None, extra="") -> str:
    return (
        f"<Документ><Ид>{key}</Ид><Номер>ЗК-1</Номер><Дата>2026-03-01</Дата><ХозОперация>Заказ товара</ХозОперация>"
        f"<Роль>Продавец</Роль><Валюта>руб.</Валюта><Сумма>{total}</Сумма>"
        f"<Контрагенты>{partner() if partners is None else partners}</Контрагенты>{extra}"
        f"<Товары>{lines}</Товары></Документ>"
    )
