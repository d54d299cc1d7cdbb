"""Files of banks, nice and nasty: every format, every encoding, cut, swollen, of another kind."""

import datetime as dt
from decimal import Decimal

import pytest

from kam.files import FileRefused
from orders.statements import Severity, Source, read_whole
from orders.statements.alike import Alike
from tests.orders.statement_files import OTHERS, OURS, camt, document, entry, exchange, payment_details

DAY = dt.date(2026, 11, 20)


@pytest.fixture
def read(tmp_path):
    def reading(content, encoding="utf-8", name="bank.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read_whole(path)

    return reading


# -------------------------------------------------------------------- 1CClientBankExchange


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_reads_the_same(read, encoding, ends):
    text = exchange(document("1234.50", Плательщик1='ООО "Ёлка"'), closing="1234.50")
    [statement], findings = read(text.replace("\n", ends), encoding)
    [movement] = statement.movements
    assert not findings
    assert (movement.amount, movement.is_incoming, movement.booked_on) == (Decimal("1234.50"), True, DAY)
    assert movement.other_name == 'ООО "Ёлка"' and statement.section.closing == Decimal("1234.50")


@pytest.mark.parametrize(
    ("written", "amount"),
    [("700", "700"), ("1052.98", "1052.98"), ("1052,98", "1052.98"), ("1 052,98", "1052.98"), ("700-50", "700.50"),
     ("1052.9", "1052.90"), ("1052.980", "1052.98")],
)  # fmt: skip
def test_sums_as_banks_write_them(read, written, amount):
    [statement], findings = read(exchange(document(written)))
    assert not findings and statement.movements[0].amount == Decimal(amount)


@pytest.mark.parametrize("written", ["", "0", "-5.00", "1,234", "сто", "1.005", "99999999999999999.00"])
def test_a_document_without_a_sum_is_reported_and_the_rest_is_read(read, written):
    [statement], findings = read(exchange(document(written), document("5.00", number="2")))
    assert [each.amount for each in statement.movements] == [5]
    assert [(each.severity, each.field) for each in findings] == [(Severity.ERROR, "Сумма")]
    assert findings[0].line == 14


def test_a_day_that_is_none_is_reported(read):
    [statement], findings = read(exchange(document(day="31.02.2026"), document("5.00", number="2")))
    assert len(statement.movements) == 1 and findings[0].severity is Severity.ERROR


def test_a_purpose_over_several_lines_is_put_together(read):
    text = exchange(document(НазначениеПлатежа="Оплата по счету 15\nв том числе НДС=20%\nСумма=1200"))
    [statement], _findings = read(text)
    [movement] = statement.movements
    assert movement.purpose == "Оплата по счету 15 в том числе НДС=20% Сумма=1200"
    assert movement.amount == Decimal("1200.00")


def test_numbered_purposes_are_joined_and_missing_keys_do_no_harm(read):
    keys = {"НазначениеПлатежа": None, "НазначениеПлатежа1": "Оплата по", "НазначениеПлатежа2": "счету 15"}
    bare = document("3.00", number="2", ПлательщикИНН=None, ПлательщикКПП=None, Плательщик1=None, Дата=None)
    [statement], findings = read(exchange(document(**keys), bare))
    assert [each.purpose for each in statement.movements] == ["Оплата по счету 15", "Оплата за товар"]
    assert not findings


def test_documents_that_look_alike_are_read_as_each_alone_would_be(read, monkeypatch):
    """The pattern for alike documents and the reading line by line are twins."""
    awkward = [
        {"НазначениеПлатежа": "По счету 15\nНДС=20%"}, {"НазначениеПлатежа": "а=б\\в\tг  д"}, {"Сумма": "сто"},
        {"Дата": "31.02.2026"}, {"Дата": None}, {"Квитанция": ""}, {"Странно": "1"}, {" Код": "2"},
        {"Плательщик": "ИНН 7707083893 КПП 770701001 ООО Ромашка", "Плательщик1": None, "ПлательщикИНН": ""},
        {"НазначениеПлатежа": None, "НазначениеПлатежа1": "Оплата по", "НазначениеПлатежа2": "счету 15"},
        {"НазначениеПлатежа": "СекцияДокумент=Ордер"}, {"Показатель": "раз\nНомер=9"},
    ]  # fmt: skip
    documents = [
        document(f"{n}.00", number=str(n), out=n % 5 == 0, **(awkward[n // 3 % len(awkward)] if n % 3 else {}))
        for n in range(1, 200)
    ]
    text = exchange(*documents).replace("КонецДокумента\nСекция", "  КонецДокумента\n\n Секция")
    fits = []
    pairs_of = Alike.pairs_of

    def watched(self, block):
        pairs = pairs_of(self, block)
        fits.append(pairs is not None)
        return pairs

    monkeypatch.setattr(Alike, "pairs_of", watched)
    quick = read(text)
    monkeypatch.setattr(Alike, "pairs_of", lambda self, block: None)
    assert quick == read(text)
    assert 50 < sum(fits) < len(fits)


def test_inn_and_name_are_taken_out_of_one_field(read):
    whole = "ИНН 7707083893 КПП 770701001 ООО Ромашка"
    keys = {"Плательщик": whole, "Плательщик1": None, "ПлательщикИНН": None, "ПлательщикКПП": None}
    [statement], _findings = read(exchange(document(**keys)))
    [movement] = statement.movements
    assert (movement.other_inn, movement.other_kpp, movement.other_name) == ("7707083893", "770701001", "ООО Ромашка")


def test_in_and_out_are_told_by_our_account_and_by_the_days(read):
    strange = {"ПлательщикСчет": "1", "ПлательщикРасчСчет": "1", "ПолучательСчет": "2", "ПолучательРасчСчет": "2"}
    text = exchange(
        document("1.00"), document("2.00", out=True),
        document("3.00", **strange), document("4.00", out=True, **strange),
        document("5.00", **strange, ДатаПоступило=""),
    )  # fmt: skip
    [statement], findings = read(text)
    assert [(each.amount, each.is_incoming) for each in statement.movements] == [
        (1, True), (2, False), (3, True), (4, False),
    ]  # fmt: skip
    assert [each.field for each in findings] == ["РасчСчет"]


def test_several_accounts_and_a_transfer_between_them(read):
    other = "40702810900000000002"
    between = document("7.00", out=True, ПолучательСчет=other, ПолучательРасчСчет=other, ДатаПоступило="20.11.2026")
    second = f"РасчСчет={other}\nСекцияРасчСчет\nРасчСчет={other}\nНачальныйОстаток=0\nКонецРасчСчет\nСекцияДокумент"
    text = exchange(document("1.00"), between, between).replace("СекцияДокумент", second, 1)
    statements, findings = read(text)
    assert [each.section.account for each in statements] == [OURS, other]
    assert [[(m.amount, m.is_incoming) for m in each.movements] for each in statements] == [
        [(1, True), (7, False)], [(7, True)],
    ]  # fmt: skip
    assert [each.code for each in findings] == ["transfer_twice"]


def test_days_of_one_account_make_one_statement(read):
    parts = [
        f"СекцияРасчСчет\nДатаНачала={day}\nДатаКонца={day}\nРасчСчет={OURS}\nНачальныйОстаток={first}\n"
        f"ВсегоПоступило=1\nВсегоСписано=0\nКонечныйОстаток={last}\nКонецРасчСчет"
        for day, first, last in (("20.11.2026", 0, 1), ("21.11.2026", 1, 2))
    ]
    [statement], _findings = read(
        "1CClientBankExchange\n" + "\n".join(parts) + "\n" + document("1.00") + "\nКонецФайла"
    )
    section = statement.section
    assert (section.opening, section.closing, section.received) == (0, 2, 2)
    assert (section.starts_on, section.ends_on) == (DAY, dt.date(2026, 11, 21))


def test_a_file_cut_in_the_middle_gives_what_was_before(read):
    text = exchange(document("1.00"), document("2.00", number="2"))
    [statement], findings = read(text[: text.rindex("НазначениеПлатежа")])
    assert [each.amount for each in statement.movements] == [1, 2]
    assert {each.code for each in findings} == {"no_end", "broken_off"}


def test_a_document_without_its_end_does_not_swallow_the_next(read):
    lost = document("1.00").replace("КонецДокумента", "")
    [statement], findings = read(exchange(lost, document("2.00", number="2")))
    assert [each.amount for each in statement.movements] == [1, 2]
    assert [each.code for each in findings] == ["no_end"]


def test_an_unknown_kind_of_document_is_kept(read):
    [statement], _findings = read(exchange(document().replace("Платежное поручение", "Мемориальный ордер №7")))
    assert statement.movements[0].document_kind == "Мемориальный ордер №7"


# -------------------------------------------------------------------- camt.053


@pytest.mark.parametrize("version", ["001.02", "001.04", "001.06", "001.08", "001.13"])
def test_every_version_of_camt(read, version):
    late = version >= "001.08"
    status = "<Cd>BOOK</Cd>" if late else "BOOK"
    details = payment_details(text="Оплата счета 5", wrapped=late)
    [statement], findings = read(camt(entry(details=details, status=status), version=version, closing="1200.00"))
    [movement] = statement.movements
    assert not findings and statement.section.source is Source.CAMT
    assert (movement.other_inn, movement.other_name, movement.other_account) == ("7707083893", "Ромашка", OTHERS)
    assert (movement.amount, movement.document_number, movement.purpose) == (1200, "17", "Оплата счета 5")
    assert (statement.section.opening, statement.section.closing) == (0, 1200)


def test_a_batch_is_told_payment_by_payment_where_the_sums_agree(read):
    parts = payment_details(amount="700.00", number="1") + payment_details(amount="500.00", number="2")
    wrong = payment_details(amount="1.00", number="3", text="а") + payment_details(amount="2.00", number="4", text="б")
    [statement], findings = read(camt(entry(details=parts), entry(details=wrong)))
    assert [(each.amount, each.document_number) for each in statement.movements] == [
        (700, "1"), (500, "2"), (1200, "3"),
    ]  # fmt: skip
    assert statement.movements[2].purpose == "а; б"
    assert [each.code for each in findings] == ["batch_differs"]


def test_debits_reversals_and_what_is_not_booked(read):
    details = payment_details()
    text = camt(
        entry("1.00", mark="DBIT", details=details), entry("2.00", details=details, extra="<RvslInd>true</RvslInd>"),
        entry("3.00", details=details, status="<Cd>PDNG</Cd>"), entry("0.00", details=details),
    )  # fmt: skip
    [statement], findings = read(text)
    assert [(each.amount, each.is_incoming, each.reversal) for each in statement.movements] == [
        (1, False, False), (2, True, True),
    ]  # fmt: skip
    assert [each.code for each in findings] == ["not_booked", "skipped"]


def test_numbers_of_structured_remittance_are_named(read):
    structured = "<RmtInf><Strd><RfrdDocInf><Nb>А-15</Nb></RfrdDocInf></Strd></RmtInf>"
    details = payment_details().replace("<RmtInf><Ustrd>Оплата</Ustrd></RmtInf>", structured)
    [statement], _findings = read(camt(entry(details=details)))
    assert statement.movements[0].purpose == "счет № А-15"


def test_a_camt_cut_in_the_middle_gives_what_was_before(read):
    text = camt(entry(details=payment_details()), entry("5.00", details=payment_details()))
    [statement], findings = read(text[: text.rindex("<Ntry>") + 40])
    assert len(statement.movements) == 1 and statement.section.account == OURS
    assert [each.code for each in findings] == ["broken_off"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (
            '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><Document>&c;</Document>',
            "dtd",
        ),
        ("<КоммерческаяИнформация/>", "not_camt"),
        ("<Document><Other/></Document>", "not_camt"),
        ("<Document", "not_xml"),
        ("", "empty"),
        ("Артикул;Цена\n1;2\n", "not_statement"),
        ("%PDF-1.7 …", "not_statement"),
        ("<html><body>Войдите в банк</body></html>", "not_statement"),
        ('{"payments": []}', "not_statement"),
        (b"\x00\x01\x02\x03" * 100, "not_statement"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(read, content, code):
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.code == code and refused.value.text


# -------------------------------------------------------------------- MT940

HEAD = ":20:1\n:25:044525225/40702810900000000001\n:28C:5/1\n:60F:C261119RUB100,\n"


def test_mt940_with_everything_that_may_be_missing(read):
    text = HEAD + (
        ":61:2611201120C1200,5NTRF17//R1\n:86:?20Оплата счета 15?21 от 01.11?32ООО Ром?33ашка?31408?30044\n"
        ":61:261120D10,NCHGNONREF\n"
        ":61:2612310102RC5,25NTRFNONREF\nподробности\n"
        ":61:261120RD7,00NTRFNONREF\n:86:/NAME/ООО Ива/REMI/Возврат/INN/7707083893/\n"
        ":62F:C261231RUB1292,25\n-"
    )
    [statement], findings = read(text)
    assert not findings
    told = [(m.amount, m.is_incoming, m.booked_on, m.reversal, m.fee) for m in statement.movements]
    assert told == [
        (Decimal("1200.5"), True, DAY, False, False),
        (Decimal("10"), False, DAY, False, True),
        (Decimal("5.25"), False, dt.date(2027, 1, 2), True, False),
        (Decimal("7.00"), True, DAY, True, False),
    ]
    first, _fee, third, fourth = statement.movements
    assert (first.document_number, first.reference, first.other_account) == ("17", "R1", "408")
    assert first.purpose == "Оплата счета 15 от 01.11" and first.other_name == "ООО Ром ашка"
    assert third.purpose == "подробности"
    assert (fourth.other_name, fourth.purpose, fourth.other_inn) == ("ООО Ива", "Возврат", "7707083893")
    assert statement.section.account == "40702810900000000001"


def test_mt940_of_several_statements_and_a_broken_line(read):
    text = HEAD + ":61:что-то\n:61:261120C5,NTRFNONREF\n:86:Оплата\nсчета 7\n:62F:C261120RUB105,\n-\n"
    statements, findings = read(text + text.replace(":20:1", ":20:2"))
    assert [len(each.movements) for each in statements] == [1, 1]
    assert statements[0].movements[0].purpose == "Оплата счета 7"
    assert [each.field for each in findings] == [":61:", ":61:"]


def test_mt940_in_the_letters_of_swift(read):
    text = HEAD + ":61:261120C5,NTRFNONREF\n:86:OPLATA PO ScETU n 15, V T.c. NDS 20 'INV-7'\n:62F:C261120RUB105,\n-"
    [statement], _findings = read(text)
    assert statement.movements[0].purpose == "ОПЛАТА ПО СЧЕТУ № 15, В Т.Ч. НДС 20 INV-7"


def test_mt940_cut_in_the_middle(read):
    [statement], findings = read(HEAD + ":61:261120C5,NTRFNONREF\n:86:Опл")
    assert len(statement.movements) == 1 and [each.code for each in findings] == ["broken_off"]


def test_mt940_that_says_it_line_by_line(read):
    text = ":20:1\n:25:SABRRUMM/40702810900000000001/RUB\n:28:5\n:NS:22ООО МЫ\n:60F:C261120RUB100,\n" + (
        ":61:2611201120CF5,00S   X\n:NS:01Оплата счета\n0215 от 01.11\n15ООО Ром\n16ашка\n33044525225\n34408\n"
        ":62F:C261120RUB105,\n-"
    )
    [statement], findings = read(text)
    [movement] = statement.movements
    assert not findings
    assert (statement.section.account, statement.section.reference) == ("40702810900000000001", "5")
    assert (movement.amount, movement.is_incoming) == (Decimal("5"), True)
    assert (movement.purpose, movement.other_name) == ("Оплата счета 15 от 01.11", "ООО Ром ашка")
    assert (movement.other_account, movement.other_bik) == ("408", "044525225")


def test_a_february_of_thirty_days_is_its_last_day(read):
    text = ":20:1\n:25:408\n:28C:5\n:60F:C270226RUB0,\n"
    text += ":61:270230C5,NTRFNONREF\n:61:2702300301C5,NTRFNONREF\n:62F:C270301RUB10,\n-"
    [statement], findings = read(text)
    assert not findings
    assert [each.booked_on for each in statement.movements] == [dt.date(2027, 2, 28), dt.date(2027, 3, 1)]


def test_the_last_page_that_is_missing_leaves_what_was_before(read):
    text = HEAD.replace(":60F:", ":60M:") + ":61:261120C5,NTRFNONREF\n:62M:C261120105,\n-"
    [statement], findings = read(text)
    assert (len(statement.movements), statement.section.closing) == (1, Decimal("105"))
    assert [each.code for each in findings] == ["broken_off"]
