"""Forty candidates in six rooms as a point types them in, with a breach of nearly every rule.

The whole plan comes in as tables, with dates in every way that people write them; each planted
breach stands on the readiness board once, and nothing else does.
"""

import datetime as dt
from collections import Counter

from examday.domain.plan.findings import CandidateCode, Level
from examday.services.plan.readiness import readiness
from examday.services.unit_of_work import Store
from tests.plan.test_dayplan_import import bring_in

DAY = dt.date(2025, 6, 2)
WRITTEN = ("02.06.2025", "2 июня 2025 г.", "02.06.25", "2025-06-02", "2.6.2025")
"""One day, as five people write it: all of them mean the same row."""

EXAMS = [
    "Дата|Форма|Код предмета|Код ППЭ|Кратких ответов|Начало|Увеличение бланков|Продолжительность, мин",
    f"{WRITTEN[1]}|ЕГЭ|01|0417|26|10:00|9.30|210",
    f"{WRITTEN[2]}|ГВЭ|01|0417|26|10:00||210",
]
GOOD_ROOM = {
    "Мест": "14",
    "Этаж": "1",
    "Лифт": "нет",
    "Освещённость, лк": "400",
    "Индивидуальное освещение": "да",
    "Пандус": "да",
    "Поручни": "да",
    "Широкие двери": "да",
    "Специальные кресла": "да",
    "Место для коляски": "да",
    "Звукоусиление общее": "да",
    "Звукоусиление индивидуальное": "9",
    "Увеличение до А3": "да",
    "Лупы": "20",
    "Печатные правила": "20",
    "Тетради Брайля": "20",
    "Черновики Брайля": "200",
    "Приборы Брайля": "20",
    "Компьютеры": "20",
    "Компьютеры проверены": "да",
    "Общее начало": "да",
    "Место для питания и перерывов": "да",
}
BAD_ROOMS = {
    "0101": {"Освещённость, лк": "250", "Увеличение до А3": "нет", "Лупы": "0"},
    "0102": {"Тетради Брайля": "5"},
    "0103": {"Поручни": "нет", "Общее начало": "нет"},
    "0104": {"Этаж": "3", "Звукоусиление индивидуальное": "2", "Печатные правила": ""},
    "0105": {"Компьютеры проверены": "нет"},
    "0106": {"Место для питания и перерывов": "нет"},
}
SEATED: list[tuple[str, int, str]] = [
    # room, how many, conditions as schools write them
    ("0101", 1, "слабовидящая; А3"),
    ("0101", 1, "слабовидящий; А3; +90; своя лупа"),
    ("0101", 11, "слабовидящий; А3; +90"),
    ("0102", 1, "слепая; брайль; +90; ассистент"),
    ("0102", 6, "слепой; брайль; +90; свой прибор Брайля"),
    ("0102", 1, "слабовидящая; +90"),
    ("0103", 1, "НОДА; А3; +90"),
    ("0103", 6, "НОДА; +90"),
    ("0104", 1, "глухая; +90; сурдопереводчик"),
    ("0104", 3, "глухой; +90"),
    ("0105", 5, "ТНР; компьютер; +90"),
    ("0106", 1, "ЗПР; +90; на дому"),
    ("0106", 1, "ЗПР; +90; устно"),
    ("0106", 1, "РАС; +90; питание"),
]
EXPECTED: Counter[tuple[str, Level]] = Counter(
    {
        **{
            (rule, Level.FAIL): 1
            for rule in [
                "R01",
                "R06",
                "R07",
                "R08",
                "R09",
                "R10",
                "R12",
                "R13",
                "R14",
                "R15",
                "R17",
                "R19",
                "R20",
                "R22",
                "R23",
                "R24",
                "R25",
                "R26",
                "P03",
                "P08",
            ]
        },
        # The commission has no head, and too few translators: two causes.
        ("R16", Level.FAIL): 2,
        **{
            (rule, Level.WARN): 1
            # R02 and R03 lie between two texts or have none; R11 was not recorded in the room, nor
            # is where Braille is transferred.
            for rule in ["R02", "R03", "R04", "R05", "R11", "R15", "R21", "R29", "R30", "P05"]
        },
        # Meant to be found: no medical worker, one organiser alone in a room.
        ("P02", Level.WARN): 2,
    }
)


def rooms() -> list[str]:
    lines = ["|".join(("Код ППЭ", "Аудитория", *GOOD_ROOM))]
    return lines + [
        "|".join(("0417", number, *{**GOOD_ROOM, **bad}.values()))
        for number, bad in BAD_ROOMS.items()
    ]


def people() -> tuple[list[str], list[str]]:
    """Candidates and their seats; the last one takes the subject in two forms."""
    needs = [(room, words) for room, many, words in SEATED for _ in range(many)]
    candidates = ["Код участника|Фамилия|Имя|Условия|Заключение ПМПК|Справка МСЭ"]
    seats = ["Дата|Форма|Код предмета|Код ППЭ|Аудитория|Место|Код участника"]
    for n, (room, words) in enumerate(needs, 1):
        # A disability wants the certificate as original or certified copy: the 22nd has neither.
        papers = "|копия № 5" if n == 22 else f"копия № {n}|"
        status = "инвалид" if n == 22 else "ОВЗ"
        candidates.append(f"У-{n:02}|Учебный-{n}|Участник|{status}; {words}|{papers}")
        seats.append(f"{WRITTEN[n % 5]}|ЕГЭ|01|0417|{room}|{n}А|У-{n:02}")
    assert len(needs) == 40
    return candidates, [*seats, f"{WRITTEN[0]}|ГВЭ|01|0417|0106|9Б|У-40"]


def staff() -> list[str]:
    lines = ["Логин|ФИО|Должность|Преподаёт предметы|Дата|Код предмета|Код ППЭ|Аудитория"]
    whole = f"{WRITTEN[2]}|01|0417|"
    lines += [
        f"head|Учебный Руководитель|руководитель ППЭ||{whole}",
        f"tech|Учебный Техник|технический специалист||{whole}",
        f"tiflo|Учебный Тифлопереводчик|тифлопереводчик||{whole}",
        f"watch|Учебный Наблюдатель|общественный наблюдатель||{whole}",
    ]
    for number in BAD_ROOMS:
        teaches = "01" if number == "0105" else ""
        lines.append(
            f"lead{number}|Учебный {number}|ответственный организатор|{teaches}|{whole}{number}"
        )
        if number != "0106":
            lines.append(f"second{number}|Второй {number}|организатор||{whole}{number}")
    return [
        *lines,
        f"lead0101|Учебный 0101|организатор||{whole}0102",
        f"second0104|Второй 0104|член АК||{whole}",
    ]


def test_each_breach_of_forty_candidates_stands_on_the_board_once(store: Store) -> None:
    candidates, seats = people()
    for kind, lines in (
        ("exams", EXAMS),
        ("rooms", rooms()),
        ("candidates", candidates),
        ("seating", seats),
        ("staff", staff()),
    ):
        bring_in(store, kind, lines)
    with store.read() as uow:
        found = [row for row in readiness(uow, DAY) if row.level is not Level.PASS]
    told = [(row.rule, str(row.level), row.subject, row.message % row.params) for row in found]
    assert Counter((row.rule, row.level) for row in found) == EXPECTED, told
    by_rule = {row.rule: row for row in found}
    # One in this figure, since who takes two exams in a room is one candidate there.
    assert by_rule["R22"].params["count"] == 1
    # Without one, since the own magnifier is counted out.
    assert by_rule["R13"].params["count"] == 12
    assert by_rule["R21"].params["candidates"] == (CandidateCode("У-01"),)
    # What misses the member of the exam board is one line, whatever rests on it.
    assert by_rule["R17"].also and "R26" in by_rule["R17"].also
