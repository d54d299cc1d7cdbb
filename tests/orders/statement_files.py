"""Files of banks as tests need them, written by hand so that every sign of them is known."""

from decimal import Decimal

from orders.models import BankAccount

OURS = "40702810900000000001"
OTHERS = "40702810500000000777"


def our_account(number: str = OURS, **fields) -> BankAccount:
    """An account of ours."""
    return BankAccount.objects.get_or_create(number=number, defaults=fields)[0]


def document(amount="1200.00", *, number="1", day="20.11.2026", payer=None, out=False, **keys) -> str:
    """One document of an exchange with 1C: `payer` is a client; `keys` replace or add lines, None leaves one out."""
    inn, kpp, name, account = (
        (payer.inn, payer.kpp, f'ООО "{payer.name}"', payer.account) if payer else ("", "", "Иванов И. И.", OTHERS)
    )
    other, own = ("Получатель", "Плательщик") if out else ("Плательщик", "Получатель")
    pairs = {
        "Номер": number, "Дата": day, "Сумма": amount,
        f"{own}Счет": OURS, f"{own}РасчСчет": OURS, f"{own}1": "Мы",
        f"{other}Счет": account, f"{other}РасчСчет": account, f"{other}ИНН": inn, f"{other}КПП": kpp, f"{other}1": name,
        "ДатаСписано": day if out else "", "ДатаПоступило": "" if out else day,
        "НазначениеПлатежа": "Оплата за товар", **keys,
    }  # fmt: skip
    lines = [f"{key}={value}" for key, value in pairs.items() if value is not None]
    return "\n".join(["СекцияДокумент=Платежное поручение", *lines, "КонецДокумента"])


def exchange(
    *documents: str,
    opening="0.00",
    closing=None,
    account=OURS,
    first="20.11.2026",
    last="20.11.2026",
    received=None,
    spent=None,
) -> str:
    """A whole file of one account; balances that are not given are left out."""
    section = [f"ДатаНачала={first}", f"ДатаКонца={last}", f"РасчСчет={account}"]
    for key, value in (("НачальныйОстаток", opening), ("ВсегоПоступило", received), ("ВсегоСписано", spent),
                       ("КонечныйОстаток", closing)):  # fmt: skip
        section += [f"{key}={Decimal(value):.2f}"] if value is not None else []
    return "\n".join([
        "1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows", "Отправитель=Банк", f"ДатаНачала={first}",
        f"ДатаКонца={last}", f"РасчСчет={account}", "СекцияРасчСчет", *section, "КонецРасчСчет", *documents,
        "КонецФайла", "",
    ])  # fmt: skip


def camt(*entries: str, account=OURS, version="001.08", opening="0.00", closing=None, currency="RUB") -> str:
    """A camt.053 of one account."""
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{value}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"
        for code, value in (("OPBD", opening), ("CLBD", closing)) if value is not None
    )  # fmt: skip
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.{version}">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>S1</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id>"
        f"<Ccy>{currency}</Ccy></Acct>{balances}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    )


def entry(amount="1200.00", *, mark="CRDT", details="", currency="RUB", status="<Cd>BOOK</Cd>", extra="") -> str:
    """One entry of camt.053."""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{extra}<Sts>{status}</Sts>'
        f"<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>R1</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def payment_details(inn="7707083893", name="Ромашка", number="17", text="Оплата", amount=None, wrapped=True) -> str:
    """What an entry says of one payment; `wrapped` as since version 8."""
    party = f"<Nm>{name}</Nm><Id><OrgId><Othr><Id>{inn}</Id></Othr></OrgId></Id>"
    party = f"<Pty>{party}</Pty>" if wrapped else party
    sum_ = f'<Amt Ccy="RUB">{amount}</Amt>' if amount else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{number}</EndToEndId></Refs>{sum_}<RltdPties><Dbtr>{party}</Dbtr>"
        f"<DbtrAcct><Id><Othr><Id>{OTHERS}</Id></Othr></Id></DbtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    )
