#!/usr/bin/env python3
"""Check a bundle of the exam day without the program that made it: Python 3.9 or newer is enough.

This is one file; nothing has to be installed.

    python3 verify_export.py BUNDLE.zip [--code 0412-7731-0945-1180] [--key HEX]
        [--station-key HEX] [--lang en]

Says what was checked, names what is wrong or missing, and says what could not be checked. Ends
with 0: nothing wrong was found; 1: something is wrong or missing; 2: this cannot be checked (not a
bundle, unreadable). The form of a bundle is described in docs/ledger-format.md. `--code` is a
checkpoint code from paper, `--key` the station's public key noted on paper: both come from outside
the bundle, and only what comes from outside can show that somebody made the whole bundle anew. A
code speaks of the entries up to its number; it says nothing about the key, nor about what came
later. The bundle of a work that came to a centre from a station holds entries of both: there `--key`
is the centre's key, and `--station-key` the one noted at the point.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import stat
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

Record = dict[str, Any]
"""An object of the bundle's JSON. Nothing is known of its values before they were looked at; one of
a wrong type raises an error of UNREADABLE, which is a finding."""
Point = tuple[int, int, int, int]
Finding = tuple[str, tuple[object, ...]]
"""A key of WORDS and the values of its text: the language is chosen when it is shown."""

WHOLE, SHORT, CAME_IN = "examday-bundle/1", "examday-bundle/2", "examday-bundle/4"
"""With the whole ledger; with the entries of one work and a proof; the same of a work that came to a
centre, with the entries of its station. Another format is not checked: what this script does not know
it cannot vouch for."""
# `prev` of the first entry, which has no predecessor.
GENESIS = "0" * 64
FIELDS = ("seq", "at", "kind", "actor", "subject", "data", "rows", "prev", "hash")
UNREADABLE = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,
    MemoryError,
    LookupError,
    ArithmeticError,
)
"""Whatever a hostile or damaged bundle can raise becomes a finding: a traceback names nothing."""
MANY = 200_000  # members of one bundle: a hostile one must not fill the memory with names
SMALL, LARGE, LINE = 64 << 20, 1 << 30, 16 << 20
"""Bytes of a JSON member, of a ledger or scan, of one entry: a hostile bundle must not fill memory
or disk."""
PACKED = 1000  # no honest member is packed more tightly than this
MEMBERS = re.compile(
    r"manifest\.json|signature\.txt|data\.json|scans/[0-9a-f]{64}"
    r"|(enrolment/|stations/[0-9a-f]{1,32}/)?(ledger\.jsonl|checkpoints\.json|proof\.json)"
)
"""A file with any other name is named by no digest: anybody could have put it in."""
# Rows that belong to the work, or to the case, whose entry wrote them last: these may not be
# missing.
OF_A_WORK = ("reading", "signoff", "assignment", "page", "item", "handover")
OF_A_CASE = ("finding", "order_step", "hearing", "case_vote")
# Rows of a case that name candidates or guests: they are in a bundle with names alone.
NAMED = ("candidate", "appeal", "attendance", "own_work", "protocol", "protocol_signature")
# Notes of a case that name nobody, so they are in a bundle without names too: corrected votes and
# readings, marks of the re-check.
NAMELESS = ("vote", "reading")
LEADS_TO = {
    "booklet": (("seat_id", "seat"), ("exam_id", "exam")),
    "seat": (("room_id", "room"),),
    "page": (("scan_file_id", "scan_file"),),
    "signoff": (("booklet_id", "booklet"),),
    "reading": (("booklet_id", "booklet"),),
}
"""A row is worth nothing without those it names, so they must be in the bundle as well."""
SIGNED_STATES = ("certified", "packed", "handed_over")
"""Works here must have their signatures: a bundle may leave out rows, and then nothing looks
wrong."""

WORDS = {
    "ru": {
        "not-a-bundle": "Это не выгрузка или файл не читается: {0}",
        "manifest-signature": "Подпись описи не сходится с ключом",
        "other-key": "Выгрузка подписана другим ключом: {0}",
        "file": "Файл «{0}» не тот, что в описи",
        "file-missing": "В выгрузке нет файла «{0}»",
        "file-extra": "В выгрузке лишний файл «{0}»",
        "form": "Запись {0} журнала записана не по форме",
        "gap": "Нет записи {0}: записи удалены",
        "link": "Запись {0} не продолжает предыдущую: перед ней что-то удалено, вставлено или переставлено",
        "hash": "Запись {0} изменена после того, как была сделана",
        "count": "Журнал кончается записью {0}, а в описи — {1}",
        "checkpoint": "Запись {0} не та, которая подписана в контрольной точке {1}",
        "signature": "Подпись контрольной точки {0} неверна",
        "no-checkpoint": "Последняя запись {0} не подписана",
        "row": "Строка «{0}» не та, что записана в журнале (запись {1})",
        "row-unknown": "Строки «{0}» нет в журнале",
        "reading": "Прочтение «{0}» не сходится со своей контрольной суммой",
        "signoff": "Подпись «{0}» под бланком {1} стоит не под этим содержанием",
        "scan": "Скана «{0}» нет в выгрузке",
        "paper": "Код с бумаги {0} не от этого журнала",
        "member": "Файл «{0}» нельзя открывать: ссылка, шифр, второй с тем же именем или слишком большой",
        "step": "Часть «{0}» не читается: {1}",
        "row-missing": "Нет строки «{0}», о которой говорит запись {1}",
        "leads": "Нет строки «{0}», на которую указывает «{1}»",
        "subject": "Нет того, о чём эта выгрузка: «{0}»",
        "kind": "Неизвестно, о чём эта выгрузка: «{0}» — не работа и не день",
        "mark-missing": "Нет контрольной точки {0}, о которой говорит запись {1}",
        "destroyed": "Скан «{0}» назван уничтоженным, но акта об уничтожении в журнале нет",
        "note-no-key": "НЕ ПРОВЕРЕНО: чей это ключ. Без --key выгрузку мог собрать заново кто угодно."
        " Сверьте ключ с бумагой.",
        "note-no-code": "НЕ ПРОВЕРЕНО: не написан ли заново весь журнал. Это показывает только код"
        " с бумаги (--code).",
        "note-code": "Код {0} доказывает записи 1–{1}. Он ничего не говорит о ключе"
        " и о записях после {1} (их здесь {2}).",
        "note-names": "НЕ ПРОВЕРЕНО: эта выгрузка без имён, строк дела с именами в ней нет — {0}"
        " (кто подал апелляцию, кто был на заседании, протокол и подписи под ним)."
        " Они есть в выгрузке с именами.",
        "note-moving": "НЕ ПРОВЕРЕНО: не убраны ли целые работы дня и сканы, которые не отнесены ни к одной работе."
        " Это подтверждает только подпись ключом с бумаги.",
        "order": "Запись {0} стоит не на своём месте",
        "path": "Запись {0} не входит в журнал, сумму которого называет последняя запись",
        "anchor": "Последняя запись {0} не называет суммы журнала, из которого взяты остальные",
        "first": "Нет записи 1: неизвестно, чей это журнал",
        "chain": "Это журнал другого пункта: {0}",
        "tree": "Сумма, которую называет запись {0}, не от этого журнала",
        "moves": "Шаги работы не сходятся: перед записью {0} или после неё пропущена запись",
        "moves-end": "Работа стоит на шаге «{0}», а по записям — на шаге «{1}»",
        "paper-other": "НЕ ПРОВЕРЕНО: код с бумаги {0}. Записи {1}, к которой он относится, в этой выгрузке нет."
        " Проверьте его по выгрузке дня.",
        "note-short": "Выгрузка одной работы: записей {0} из {1}, журнал целиком — в выгрузке дня."
        " Что других записей о работе нет, удостоверяет только подпись станции.",
        "note-left-out": "НЕ ПРОВЕРЕНО: не убраны ли отсюда записи о работе или её сканы."
        " Это подтверждает только подпись ключом с бумаги.",
        "note-code-all": "Код {0} доказывает все записи этой выгрузки. Он ничего не говорит о ключе"
        " и о записях после {1}.",
        "note-code-tree": "Код {0} доказывает записи этой выгрузки до {1}. Он ничего не говорит о ключе"
        " и о записях после {1}.",
        "note-code-few": "Код {0} доказывает в этой выгрузке только записи {1}–{2}: он сделан раньше, чем журнал"
        " стал называть свою сумму. Остальные записи до {2} он доказывает вместе с выгрузкой дня.",
        "in-part": "{0}: {1}",
        "part-centre": "Журнал центра о станциях",
        "part-station": "Журнал станции {0}",
        "of-station": "{0} станции {1}",
        "no-key": "центр не вносил её ключа",
        "not-joined": "в нём нет записи о том, что эта станция вступила в этот центр (пункт {0})",
        "arrival": "запись {0} не та, которую центр принял записью {1}",
        "not-arrived": "центр не принимал записи {0}",
        "other-chain": "Часть «{0}» не от этой выгрузки: последняя запись центра её не называет, или её нет",
        "other-station-key": "У станции {0} другой ключ, чем на бумаге: {1}",
        "no-station": "НЕ ПРОВЕРЕНО: ключ станции {0}. Эта выгрузка сделана одной установкой, её ключ"
        " называют через --key.",
        "note-came-in": "Выгрузка одной работы, которая пришла со станции: записей центра {0}, станции {1}."
        " Что других записей о работе нет, удостоверяет только подпись центра.",
        "note-station-key": "Ключ станции {0} пункта {1}: {2}. Его внёс центр, запись {3} его журнала о станциях.",
        "note-no-station-key": "НЕ ПРОВЕРЕНО: чей это ключ у станции {0}. Сверьте его с бумагой пункта (--station-key):"
        " центр мог внести и другой.",
        "note-station-signed": "Станция {0} подписала свой журнал: её подпись удостоверяет записи 1–{1}.",
        "note-unsigned": "НЕ ПОДПИСАНО СТАНЦИЕЙ {0}: её записи {1} удостоверяет только центр.",
        "note-witness": "Центр удостоверяет журнал станции {0} до записи {1}: он принял его записью {2}, {3}.",
        "note-revoked": "Центр отозвал станцию {0}: {1}, запись {2} его журнала о станциях.",
        "note-kept-centre": "Работа передана центру: дальше её ведёт он.",
        "note-kept-point": "Работа осталась за пунктом: что там было после последней присланной записи, здесь не видно.",
        "ok": "Всё, что проверено, верно.",
        "rest": "Остальное верно. О коде с бумаги эта выгрузка ничего не говорит.",
        "bad": "НЕВЕРНО. Первое нарушение: {0}",
        "more": "Всего нарушений: {0}",
        "said": "Проверено: записей {0}, строк {1}, контрольных точек {2}, сканов {3}.",
        "code": "Контрольный код последней записи: {0}. Сверьте его с бумагой.",
        "key": "Ключ: {0}",
    },
    "en": {
        "not-a-bundle": "This is not a bundle or cannot be read: {0}",
        "manifest-signature": "The signature of the manifest does not belong to the key",
        "other-key": "The bundle is signed with another key: {0}",
        "file": "The file «{0}» is not the one in the manifest",
        "file-missing": "The file «{0}» is missing",
        "file-extra": "The file «{0}» does not belong here",
        "form": "Entry {0} of the ledger is not in its proper form",
        "gap": "Entry {0} is missing: entries were removed",
        "link": "Entry {0} does not follow its predecessor: something before it was removed, inserted or moved",
        "hash": "Entry {0} was changed after it was written",
        "count": "The ledger ends with entry {0}, the manifest says {1}",
        "checkpoint": "Entry {0} is not the one signed in checkpoint {1}",
        "signature": "The signature of checkpoint {0} is wrong",
        "no-checkpoint": "The last entry {0} is not signed",
        "row": "The row «{0}» is not the one recorded in the ledger (entry {1})",
        "row-unknown": "The row «{0}» is not in the ledger",
        "reading": "The reading «{0}» does not match its digest",
        "signoff": "The signature «{0}» under sheet {1} was given on other content",
        "scan": "The scan «{0}» is missing",
        "paper": "The code from paper {0} is not of this ledger",
        "member": "The file «{0}» must not be opened: a link, encrypted, a second of its name, or far too large",
        "step": "The part «{0}» cannot be read: {1}",
        "row-missing": "The row «{0}» is missing, of which entry {1} speaks",
        "leads": "The row «{0}» is missing, to which «{1}» leads",
        "subject": "What this bundle is about is missing: «{0}»",
        "kind": "It is unknown what this bundle is about: «{0}» is neither a booklet nor a day",
        "mark-missing": "The checkpoint {0} is missing, of which entry {1} speaks",
        "destroyed": "The scan «{0}» is said to be destroyed, but the ledger has no act of destruction",
        "note-no-key": "NOT CHECKED: whose key this is. Without --key anybody may have made the bundle anew."
        " Compare the key with the paper.",
        "note-no-code": "NOT CHECKED: whether all of the ledger was written anew. Only a code from paper"
        " (--code) shows it.",
        "note-code": "The code {0} proves the entries 1–{1}. It says nothing about the key, nor about the entries after"
        " {1} (there are {2} here).",
        "note-names": "NOT CHECKED: this bundle is without names; {0} rows of the case that name people are not in it"
        " (who filed the appeal, who attended, the protocol and its signatures)."
        " A bundle with names has them.",
        "note-moving": "NOT CHECKED: whether whole works of a day, or scans of no work, were left out."
        " Only the signature with the key from paper tells.",
        "order": "Entry {0} is out of its place",
        "path": "Entry {0} is not in the ledger whose root the last entry names",
        "anchor": "The last entry {0} does not name the root of the ledger that the others are of",
        "first": "Entry 1 is missing: it is unknown whose ledger this is",
        "chain": "This is the ledger of another point: {0}",
        "tree": "The root that entry {0} names is not of this ledger",
        "moves": "The steps of the work do not follow each other: an entry before or after {0} is missing",
        "moves-end": "The work stands at the step «{0}», by its entries at «{1}»",
        "paper-other": "NOT CHECKED: the code from paper {0}. Entry {1}, which it belongs to, is not in this bundle."
        " Check it with the bundle of the day.",
        "note-short": "The bundle of one work: {0} of {1} entries; the bundle of the day has the whole ledger."
        " That there are no other entries about the work is vouched for by the station's signature alone.",
        "note-left-out": "NOT CHECKED: whether entries about the work, or scans of it, were left out."
        " Only the signature with the key from paper tells.",
        "note-code-all": "The code {0} proves all entries of this bundle. It says nothing about the key,"
        " nor about entries after {1}.",
        "note-code-tree": "The code {0} proves the entries of this bundle up to {1}. It says nothing about the key,"
        " nor about the entries after {1}.",
        "note-code-few": "The code {0} proves only the entries {1}–{2} of this bundle: it is older than the roots that"
        " the ledger names. With the bundle of the day it proves the other entries up to {2}.",
        "in-part": "{0}: {1}",
        "part-centre": "The centre's ledger of its stations",
        "part-station": "The ledger of the station {0}",
        "of-station": "{0} of the station {1}",
        "no-key": "the centre has confirmed no key of it",
        "not-joined": "no entry says that this station joined this centre (point {0})",
        "arrival": "entry {0} is not the one that the centre took in by its entry {1}",
        "not-arrived": "the centre has not taken in entry {0}",
        "other-chain": "The part «{0}» is not of this bundle: the centre's last entry does not name it, or it is missing",
        "other-station-key": "The station {0} has another key than the paper says: {1}",
        "no-station": "NOT CHECKED: the station's key {0}. One installation made this bundle; its key is given with"
        " --key.",
        "note-came-in": "The bundle of one work that came from a station: {0} entries of the centre, {1} of the station."
        " That there are no other entries about the work is vouched for by the centre's signature alone.",
        "note-station-key": "Key of the station {0} of the point {1}: {2}. The centre confirmed it, entry {3} of its"
        " ledger of stations.",
        "note-no-station-key": "NOT CHECKED: whose key that of the station {0} is. Compare it with the point's paper"
        " (--station-key): the centre could have confirmed another one.",
        "note-station-signed": "The station {0} signed its ledger: its signature vouches for the entries 1–{1}.",
        "note-unsigned": "NOT SIGNED BY THE STATION {0}: for its entries {1} the centre alone vouches.",
        "note-witness": "The centre vouches for the ledger of the station {0} up to entry {1}: it took it in by entry {2},"
        " {3}.",
        "note-revoked": "The centre revoked the station {0}: {1}, entry {2} of its ledger of stations.",
        "note-kept-centre": "The work was given to the centre, which keeps it from then on.",
        "note-kept-point": "The work stayed with the point: what happened there after the last entry that was sent is not"
        " seen here.",
        "ok": "All that was checked is true.",
        "rest": "The rest is true. Of the code from paper this bundle says nothing.",
        "bad": "WRONG. First finding: {0}",
        "more": "Findings: {0}",
        "said": "Checked: {0} entries, {1} rows, {2} checkpoints, {3} scans.",
        "code": "Checkpoint code of the last entry: {0}. Compare it with the paper.",
        "key": "Key: {0}",
    },
}

# Ed25519 as in RFC 8032, section 6; verification only, so nothing here has to be kept secret or
# constant in time.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
"""Order of the base point: a signature's second half must lie below it, else one signature has
several forms (RFC 8032, 5.1.7)."""
D = -121665 * pow(121666, P - 2, P) % P
"""The constant of the curve, computed as the RFC defines it: a typed number could be mistyped."""
ROOT = pow(2, (P - 1) // 4, P)
"""A square root of −1: of two candidates for x it makes the other one."""


def recover_x(y: int, sign: int) -> int | None:
    """The x of a compressed point, or None."""
    # RFC 8032, 5.1.3: a point has one encoding; y of P or more would be a second one.
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    # x = 0 has no sign: the same point with the sign bit set is refused.
    if x2 % P == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P:
        return None
    return P - x if (x & 1) != sign else x


def point(raw: bytes) -> Point | None:
    """32 bytes → point in extended coordinates, or None."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(p: Point, q: Point) -> Point:
    """The sum of two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(s: int, p: Point) -> Point:
    """S times p."""
    q: Point = (0, 1, 1, 0)
    while s:
        if s & 1:
            q = add(q, p)
        p, s = add(p, p), s >> 1
    return q


def same(p: Point, q: Point) -> bool:
    """Are two points equal?"""
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
"""4/5 in the field: RFC 8032, 5.1."""
BASE_X = recover_x(BASE_Y, 0) or 0
"""Even, by the RFC. «or 0» is for the types alone: this root exists."""
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signed(key: str, message: bytes, signature: str) -> bool:
    """Does this Ed25519 signature belong to the key (hex) and the message?"""
    try:
        public, raw = bytes.fromhex(key), base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    # Bytes of a key and of a signature in RFC 8032.
    if len(public) != 32 or len(raw) != 64:
        return False
    a, r, s = point(public), point(raw[:32]), int.from_bytes(raw[32:], "little")
    # RFC 8032, 5.1.7: S of L or more would be a second form of the same signature.
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(raw[:32] + public + message).digest(), "little") % L
    return same(times(s, BASE), add(r, times(h, a)))


def changes_key(told: Record) -> bool:
    """Have both keys signed this change of a station's key?"""
    content = {k: v for k, v in told.items() if k not in ("signature", "signature_before")}
    letter = canonical({"format": "examday-answer/1", **content}).encode("utf-8")
    return all(
        signed(str(told.get(key)), letter, str(told.get(name)))
        for key, name in (("public_key", "signature"), ("before", "signature_before"))
    )


def canonical(value: object) -> str:
    """JSON with sorted keys and no blanks, UTF-8."""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def digest(value: object) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def code_of(seq: int, root: str) -> str:
    """The code that stands on paper."""
    digits = f"{int(root[:16], 16) % 10**12:012d}"
    return f"{seq:04d}-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def leaf(entry_hash: str) -> bytes:
    """The leaf of an entry in the hash tree over a chain (RFC 9162, 2.1)."""
    return hashlib.sha256(b"\x00" + bytes.fromhex(entry_hash)).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees together."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def led_to(
    index: int,
    size: int,
    one: bytes,
    path: list[bytes],
) -> bytes | None:
    """The root to which a path leads from leaf `index` of a tree of `size` (RFC 9162, 2.1.3.2)."""
    first, last = index, size - 1
    for beside in path:
        if last == 0:
            return None
        if first & 1 or first == last:
            one = node(beside, one)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            one = node(one, beside)
        first, last = first >> 1, last >> 1
    return None if last or not 0 <= index < size else one


def begins(
    shorter: int,
    size: int,
    root_then: bytes,
    root: bytes,
    proof: list[bytes],
) -> bool:
    """Is the tree of `shorter` leaves the beginning of that of `size` (RFC 9162, 2.1.4.2)?"""
    if not 0 < shorter < size:
        return shorter == size and root_then == root and not proof
    path = proof if shorter & (shorter - 1) else [root_then, *proof]
    first, last = shorter - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    then = now = path[0] if path else b""
    for beside in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            then, now = node(beside, then), node(beside, now)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            now = node(now, beside)
        first, last = first >> 1, last >> 1
    return (then, now, last) == (root_then, root, 0)


def shown(value: object) -> str:
    """Return text of the bundle for the screen.

    Nothing in it moves the cursor, hides or turns other text around.
    """
    # Fillers, the empty Braille cell and variation selectors count as printable but show nothing.
    text = "".join(
        c
        if c.isprintable()
        and c not in "\u115f\u1160\u2800\u3164\uffa0"
        and not "\ufe00" <= c <= "\ufe0f"
        else f"\\u{ord(c):04x}"
        for c in str(value)[:400]
    )
    return text if len(text) <= 200 else text[:200] + "…"


def speaks_of_checkpoint(kind: str) -> bool:
    """Does an entry of this kind name, as `code`, a checkpoint that was made with it?"""
    return kind.startswith("print:") or kind in (
        "ledger:export",
        "ledger:checkpoint",
        "appeal:print",
    )


def names_nobody(entry: Record) -> bool:
    """Is the note of a case that this entry wrote one without names?"""
    return entry["kind"] == "appeal:recheck" or entry["data"].get("what") in NAMELESS


def well_formed(entry: Record, line: str) -> bool:
    """Has an entry all its fields, of their types, written in the one proper way?"""
    # `type(…) is int` below: to isinstance, true and false are integers too.
    texts = (entry[name] for name in ("at", "kind", "actor", "subject", "prev", "hash"))
    return (
        tuple(sorted(entry)) == tuple(sorted(FIELDS))
        and canonical(entry) + "\n" == line
        and type(entry["seq"]) is int
        and entry["seq"] > 0
        and isinstance(entry["data"], dict)
        and all(isinstance(text, str) for text in texts)
        and all(isinstance(value, str) for value in entry["rows"].values())
        and re.fullmatch("[0-9a-f]{64}", entry["hash"]) is not None
    )


def entry_of(raw: bytes) -> Record | None:
    """The entry in this line; None when it is not in its proper form."""
    try:
        line = raw.decode("utf-8")
        entry: Record = json.loads(line)
        return entry if well_formed(entry, line) else None
    except UNREADABLE:
        return None


def must_stay_closed(info: zipfile.ZipInfo) -> bool:
    """Is this member a link, encrypted, or packed more tightly than any honest one?"""
    if info.flag_bits & 1 or stat.S_ISLNK(info.external_attr >> 16):
        return True
    if not MEMBERS.fullmatch(info.filename):
        return False  # it is named as a file too many, and never opened
    large = info.filename.startswith("scans/") or info.filename.endswith("ledger.jsonl")
    limit = LARGE if large else SMALL
    return info.file_size > min(limit, PACKED * max(info.compress_size, 1000))


class Check:
    """One bundle, step by step; `found` lists what is wrong in the order of the steps."""

    left_out = "note-moving"
    """Says what whoever packs the bundle anew could leave out."""
    folder = ""
    """Of the members that tell of the chain: a bundle that came in has two chains."""

    def __init__(self, bundle: zipfile.ZipFile) -> None:
        self.bundle = bundle
        self.found: list[Finding] = []
        self.notes: list[Finding] = []
        # Told apart from what is wrong: what was asked and cannot be told from this bundle.
        self.unknown: list[Finding] = []
        # Collected in one pass, as the ledger may be large: hash of each entry, digest and entry of
        # each row, the owner of rows of a work or case, those of a case that name people, works by
        # case, checkpoints by code, packets, works signed on paper.
        self.last, self.root = 0, GENESIS
        self.hashes: dict[int, str] = {}
        self.recorded: dict[str, tuple[str, object]] = {}
        self.owners: dict[str, str] = {}
        self.naming: set[str] = set()
        self.works_of_case: dict[str, set[str]] = {}
        self.codes: dict[str, int] = {}
        self.packets: set[str] = set()
        self.signed_on_paper: set[str] = set()
        # What stands beside it, to be compared afterwards; `held`: entries whose checkpoints hold.
        self.rows: dict[str, Record] = {}
        self.marks: list[Record] = []
        self.held: list[int] = []
        self.scans = 0
        self.closed = self.closed_members()
        self.manifest_text = self.read("manifest.json")
        self.manifest = self.read_manifest()

    def closed_members(self) -> set[str]:
        """Names of members that are not opened: links, ciphers, doubles, bombs.

        Judged before anything is unpacked.
        """
        infos = self.bundle.infolist()
        if len(infos) > MANY:
            raise ValueError("too many members")
        seen: set[str] = set()
        closed: set[str] = set()
        for info in infos:
            if info.filename in seen or must_stay_closed(info):
                closed.add(info.filename)
            seen.add(info.filename)
        for name in sorted(closed):
            self.wrong("member", name)
        return closed

    def read(self, name: str) -> bytes:
        """A small member, never more than it may have."""
        if name in self.closed:
            raise ValueError(name)
        with self.bundle.open(name) as member:
            # One byte more than allowed shows that there is more.
            content = member.read(SMALL + 1)
        if len(content) > SMALL:
            raise ValueError("too large: " + name)
        return content

    def read_manifest(self) -> Record:
        """The manifest; ValueError when this is not the manifest of a bundle."""
        manifest = json.loads(self.manifest_text.decode("utf-8"))
        if not isinstance(manifest, dict) or manifest.get("format") not in CHECKS:
            raise ValueError(", ".join(CHECKS))
        types = {"files": dict, "entries": int, "public_key": str, "kind": str, "subject": str}
        for name, kind in types.items():
            if not isinstance(manifest.get(name), kind):
                raise ValueError("manifest.json: " + name)
        before = manifest.get("earlier_keys", [])
        if not isinstance(before, list) or not all(isinstance(key, str) for key in before):
            raise ValueError("manifest.json: earlier_keys")
        # Bundles of earlier programs do not say whether names were asked for.
        if not isinstance(manifest.get("names", False), bool):
            raise ValueError("manifest.json: names")
        return manifest

    def step(
        self,
        name: str,
        work: Callable[..., None],
        *args: str,
    ) -> None:
        """Do one step of the check.

        When it stumbles over what stands in the bundle, that is a finding, and the next step
        follows.
        """
        try:
            work(*args)
        except UNREADABLE as error:
            self.wrong("step", name, f"{type(error).__name__} {error}")

    def wrong(self, what: str, *args: object) -> None:
        """Add a finding."""
        self.found.append((what, args))

    def run(
        self,
        code: str | None,
        key: str | None,
        station_key: str | None = None,
    ) -> None:
        """All steps. `station_key` is of use where entries of a station are among others alone."""
        if station_key:
            self.check_station_key(station_key.strip().lower())
        own = self.manifest["public_key"]
        if key and key.strip().lower() != own:
            self.wrong("other-key", own)
        self.step("signature.txt", self.check_signature, own)
        self.step("manifest.json", self.check_files)
        self.step("ledger.jsonl", self.check_ledger)
        self.step("checkpoints.json", self.check_checkpoints)
        self.step("data.json", self.check_data)
        self.step("data.json", self.check_complete)
        if code:
            self.check_paper(code)
        if not key:
            self.notes += [("note-no-key", ()), (self.left_out, ())]
        if not code:
            self.notes.append(("note-no-code", ()))

    def check_station_key(self, key: str) -> None:
        """There is no other station here than the one that signed."""
        self.unknown.append(("no-station", (key,)))

    def check_signature(self, own: str) -> None:
        """The manifest is signed with the key it names."""
        if not signed(own, self.manifest_text, self.read("signature.txt").decode("ascii").strip()):
            self.wrong("manifest-signature")

    def check_files(self) -> None:
        """Every file is the one in the manifest."""
        names = [n for n in self.bundle.namelist() if n not in ("manifest.json", "signature.txt")]
        listed = self.manifest["files"]
        for name in sorted(set(names) | set(listed)):
            if name not in names:
                self.wrong("file-missing", name)
            elif name not in listed or names.count(name) > 1 or not MEMBERS.fullmatch(name):
                self.wrong("file-extra", name)
            elif name not in self.closed:
                self.check_file(name, listed[name])

    def check_file(self, name: str, listed: str) -> None:
        """A file has the digest in the manifest, and a scan has it as its name too."""
        found, is_scan = self.digest_of(name), name.startswith("scans/")
        if found != listed or (is_scan and name != "scans/" + str(found)):
            self.wrong("file", name)
        self.scans += is_scan

    def digest_of(self, name: str) -> str | None:
        """SHA-256 of one file; None when it is damaged."""
        hasher, size = hashlib.sha256(), 0
        try:
            with self.bundle.open(name) as member:
                while True:
                    block = member.read(1 << 20)
                    if not block:
                        return hasher.hexdigest()
                    hasher.update(block)
                    size += len(block)
                    if size > LARGE:
                        return None
        except UNREADABLE:
            return None

    def check_ledger(self) -> None:
        """Numbers, links and hashes of all entries."""
        wanted = 1
        if "ledger.jsonl" in self.closed:
            raise ValueError("ledger.jsonl")
        with self.bundle.open("ledger.jsonl") as lines:
            for raw in iter(lambda: lines.readline(LINE), b""):
                entry = entry_of(raw)
                if entry is None:
                    self.wrong("form", wanted)
                    wanted += 1
                    continue
                self.check_entry(entry, wanted)
                # Counted on from the entry that is here, so that a gap is found once.
                wanted = entry["seq"] + 1
                self.remember(entry)
        if self.last != self.manifest["entries"]:
            self.wrong("count", self.last, self.manifest["entries"])

    def check_entry(self, entry: Record, wanted: int) -> None:
        """An entry has the next number, follows its predecessor and has its own hash."""
        seq = entry["seq"]
        if seq != wanted:
            self.wrong("gap", wanted)
        if entry["prev"] != self.root:
            self.wrong("link", seq)
        if entry["hash"] != digest({k: entry[k] for k in FIELDS if k != "hash"}):
            self.wrong("hash", seq)

    def remember(self, entry: Record) -> None:
        """What this entry says."""
        self.last, self.root = entry["seq"], entry["hash"]
        self.hashes[self.last] = self.root
        if speaks_of_checkpoint(entry["kind"]) and "code" in entry["data"]:
            self.codes[str(entry["data"]["code"])] = entry["seq"]
        self.learn(entry, entry["seq"])

    def learn(self, entry: Record, place: object) -> None:
        """What this entry says of rows, works and packets; `place` names it in findings."""
        if entry["kind"] == "packing:open":
            self.packets.add(entry["subject"])
        self.remember_rows(entry, place)
        if entry["kind"] == "appeal:old-work":
            # No signatures are asked for: transferred before the program was used, it is signed on
            # paper only.
            self.signed_on_paper.add(entry["subject"])

    def remember_rows(self, entry: Record, place: object) -> None:
        """Digest and owner of every row that the entry wrote."""
        # Registering an appeal puts its work under legal hold: one entry writes both rows.
        works = {row for row in entry["rows"] if row.startswith("booklet:")}
        for row, value in entry["rows"].items():
            self.recorded[row] = (value, place)
            table = row.partition(":")[0]
            if table == "case_note" or table in OF_A_WORK + OF_A_CASE + NAMED[2:]:
                self.owners[row] = self.owner(row, entry) or self.owners.get(row, "")
            if table in NAMED or (table == "case_note" and not names_nobody(entry)):
                self.naming.add(row)
            if table == "appeal":
                self.works_of_case.setdefault(row, set()).update(works)

    def owner(self, row: str, entry: Record) -> str:
        """The work or case that the row belongs to by this entry; "" when the entry does not say.

        A page is attached by an entry about its file, which also moves the one work on. A packet
        belongs to no work, though the entry of packing a work may be the one that wrote its row.
        """
        subject = str(entry["subject"])
        if subject == row or row in self.packets:
            return "itself"
        if subject.startswith(("booklet:", "appeal:")):
            return subject
        works = [str(other) for other in entry["rows"] if other.startswith("booklet:")]
        return works[0] if row.startswith("page:") and len(works) == 1 else ""

    def check_checkpoints(self) -> None:
        """Every signed checkpoint, the last one on the last entry."""
        marks = json.loads(self.read(self.folder + "checkpoints.json").decode("utf-8"))
        if isinstance(marks, list) and all(isinstance(mark, dict) for mark in marks):
            self.marks = marks
        there = {str(mark.get("code")) for mark in self.marks}
        for code, seq in self.codes.items():
            if code not in there:
                self.wrong("mark-missing", code, seq)
        for mark in self.marks:
            self.check_checkpoint(mark)
        self.check_last_checkpoint()

    def check_last_checkpoint(self) -> None:
        """The one that was made for this bundle stands on its last entry."""
        if not self.marks or self.marks[-1]["seq"] != self.last:
            self.wrong("no-checkpoint", self.last)

    def check_checkpoint(self, mark: Record) -> None:
        """A checkpoint is signed, and on the entry that it names."""
        # The manifest is signed with the present key: that one vouches for those before it.
        keys = [self.manifest["public_key"], *self.manifest.get("earlier_keys", [])]
        message = canonical({k: mark[k] for k in ("seq", "root", "code", "at", "purpose")})
        true_code = mark["code"] == code_of(mark["seq"], mark["root"])
        by = [key for key in keys if signed(key, message.encode("utf-8"), mark["signature"])]
        if not true_code or not by:
            self.wrong("signature", mark["code"])
        elif self.hashes.get(mark["seq"], GENESIS) != mark["root"]:
            self.wrong("checkpoint", mark["seq"], mark["code"])
        elif self.counts(by):
            self.held.append(mark["seq"])

    def counts(self, _by: list[str]) -> bool:
        """Does a checkpoint with the signatures of these keys speak for whoever wrote the chain?"""
        return True

    def check_data(self) -> None:
        """Every row is the one that the ledger recorded; readings, signatures and scans fit it."""
        rows = json.loads(self.read("data.json").decode("utf-8"))["rows"]
        if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
            raise ValueError("rows")
        self.rows = rows
        for key in sorted(self.rows):
            self.check_row(key, self.rows[key])
        self.check_scans()
        for booklet in self.of("booklet"):
            first_on_paper = (
                "booklet:" + booklet["id"] in self.signed_on_paper and booklet["version"] == 1
            )
            if booklet["state"] in SIGNED_STATES and not first_on_paper:
                self.check_signoffs(booklet)

    def check_row(self, key: str, row: Record) -> None:
        """A row has the digest in the ledger, and the content of a reading has its own."""
        value, seq = self.recorded.get(key, ("", 0))
        if not value:
            self.wrong("row-unknown", key)
        elif digest(row) != value:
            self.wrong("row", key, seq)
        if key.startswith("reading:") and digest(row["content"]) != row["sha256"]:
            self.wrong("reading", key)

    def check_scans(self) -> None:
        """The scan of every row is here, or said to be destroyed."""
        there, gone = set(self.manifest["files"]), set(self.manifest.get("destroyed", []))
        for row in self.of("scan_file"):
            sha256 = row["sha256"]
            if sha256 and "scans/" + sha256 not in there and sha256 not in gone:
                self.wrong("scan", sha256)

    def check_complete(self) -> None:
        """Check that what must be here is here.

        That is the work itself, what its entries wrote, what its rows lead to.
        """
        self.check_subject()
        self.check_written_rows()
        self.check_leads()
        acted = any(
            row.startswith("destruction:") and value for row, (value, _seq) in self.recorded.items()
        )
        for sha256 in self.manifest.get("destroyed", []) if not acted else []:
            self.wrong("destroyed", sha256)

    def check_subject(self) -> None:
        """What the bundle is said to be about is known and is here."""
        kind, subject = self.manifest["kind"], self.manifest["subject"]
        if kind not in ("booklet", "day"):
            # What must be here follows from the kind: of an unknown one nothing would be missed.
            self.wrong("kind", kind)
        if kind == "booklet" and "booklet:" + subject not in self.rows:
            self.wrong("subject", subject)
        if kind == "day" and not self.of("exam"):
            self.wrong("subject", subject)

    def check_written_rows(self) -> None:
        """Every row is here that an entry wrote for the works, or their cases, of this bundle."""
        works = {key for key in self.rows if key.startswith("booklet:")}
        if self.manifest["kind"] == "booklet":
            works.add("booklet:" + self.manifest["subject"])
        cases = {case for case, of in self.works_of_case.items() if of & works}
        mine = works | cases
        wanted = cases | {row for row, owner in self.owners.items() if owner in mine}
        left_out = {row for row in wanted if self.recorded[row][0] and row not in self.rows}
        if not self.with_names():
            withheld = left_out & self.naming
            left_out -= withheld
            if withheld:
                self.notes.append(("note-names", (len(withheld),)))
        for row in sorted(left_out):
            self.wrong("row-missing", row, self.recorded[row][1])

    def with_names(self) -> bool:
        """Was the bundle made with names, as its manifest says or one of its rows shows?

        Then every row of a case that names people must be here.
        """
        shown = any(key.partition(":")[0] in NAMED for key in self.rows)
        return shown or self.manifest.get("names") is True

    def check_leads(self) -> None:
        """The rows that other rows lead to are here."""
        leads_to = LEADS_TO
        # only there: a work's bundle leaves the day's packets out
        if self.manifest["kind"] == "day":
            leads_to = {**leads_to, "item": (("parent_id", "item"),)}
        if self.with_names():
            leads_to = {**leads_to, "seat": (*LEADS_TO["seat"], ("candidate_id", "candidate"))}
        for key in sorted(self.rows):
            for column, table in leads_to.get(key.partition(":")[0], ()):
                other = self.rows[key].get(column)
                if other and f"{table}:{other}" not in self.rows:
                    self.wrong("leads", f"{table}:{other}", key)

    def of(self, table: str) -> list[Record]:
        """Rows of one table."""
        return [self.rows[key] for key in sorted(self.rows) if key.startswith(table + ":")]

    def present(self, table: str, booklet: Record) -> list[Record]:
        """Rows of one table that belong to the present version of a work."""
        return [
            row
            for row in self.of(table)
            if row["booklet_id"] == booklet["id"] and row["version"] == booklet["version"]
        ]

    def newest(self, source: str, booklet: Record) -> Record | None:
        """The last reading from this source of the present version."""
        readings = [r for r in self.present("reading", booklet) if r["source"] == source]
        return max(readings, key=lambda r: r["round"], default=None)

    def check_signoffs(self, booklet: Record) -> None:
        """Each signature of the present version was given on the content that stands here."""
        settled, verified = self.newest("settled", booklet), self.newest("verified", booklet)
        content: str | None = None
        given: list[Record] = []
        if verified is not None:
            if settled is not None:
                content = self.signed_content(booklet, settled, verified)
            signoffs = self.present("signoff", booklet)
            given = [sign for sign in signoffs if sign["round"] == verified["round"]]
        for sign in given or [{"slot": "—", "content_sha256": None}]:
            if content is None or sign["content_sha256"] != content:
                self.wrong("signoff", sign["slot"], booklet["code"])

    def signed_content(
        self,
        booklet: Record,
        settled: Record,
        verified: Record,
    ) -> str:
        """Digest of what stands under the signatures: the values, the check, the pictures."""
        pages, copied = self.attached(booklet), self.newest("copied", booklet)
        stands = copied["content"].get("stands", {}) if copied else {}
        return digest(
            {
                "booklet": booklet["id"],
                "code": booklet["code"] or "",
                "version": booklet["version"],
                "round": verified["round"],
                "fields": settled["content"]["fields"],
                "verified": verified["sha256"],
                "originals": [p["image_sha256"] for p in pages if p["role"] == "original"],
                "copies": [
                    p["image_sha256"]
                    for p in pages
                    if p["role"] == "copy"
                    and (p["version"] == booklet["version"] or p["id"] in stands)
                ],
            }
        )

    def attached(self, booklet: Record) -> list[Record]:
        """The pages of a work in their order."""
        pages = [
            page
            for page in self.of("page")
            if page["booklet_id"] == booklet["id"] and page["state"] == "attached"
        ]
        return sorted(pages, key=lambda p: (p["role"], p["order"], p["at"], p["id"]))

    def check_paper(self, code: str) -> None:
        """The code from paper belongs to an entry of this ledger."""
        digits = re.sub(r"\D", "", code)
        seq = int(digits[:-12] or 0) if len(digits) < 30 else 0
        true_code = re.sub(r"\D", "", code_of(seq, self.hashes.get(seq, GENESIS)))
        if (
            16 <= len(digits) < 30
            and seq
            and seq not in self.hashes
            and self.left_out != "note-moving"
        ):
            # Not seen is not wrong: the paper may be of a packet or of another work of the day.
            self.unknown.append(("paper-other", (code, seq)))
        elif not 16 <= len(digits) < 30 or true_code != digits:
            self.wrong("paper", code)
        else:
            self.notes.append(self.proved_by(code, seq))

    def proved_by(self, code: str, seq: int) -> Finding:
        """What a code from paper that belongs to entry `seq` proves."""
        return "note-code", (code, seq, self.last - seq)


class CheckShort(Check):
    """A bundle of one work: its own entries, each with a path to the root that the last one names."""

    left_out = "note-left-out"

    def __init__(self, bundle: zipfile.ZipFile) -> None:
        super().__init__(bundle)
        self.entries: dict[int, Record] = {}
        self.size = 0
        self.tree = b""
        # Entries that name an earlier tree, shown to begin this one → its size: up to there it
        # vouches for all.
        self.trees: dict[int, int] = {}

    def run(
        self,
        code: str | None,
        key: str | None,
        station_key: str | None = None,
    ) -> None:
        """All steps, and what such a bundle cannot show."""
        super().run(code, key, station_key)
        self.notes += self.said_of_it()

    def said_of_it(self) -> list[Finding]:
        """What such a bundle is."""
        return [("note-short", (len(self.entries), self.last))]

    def check_ledger(self) -> None:
        """Each entry is itself, and in the tree; the last one names its root."""
        if self.folder + "ledger.jsonl" in self.closed:
            raise ValueError("ledger.jsonl")
        with self.bundle.open(self.folder + "ledger.jsonl") as lines:
            for raw in iter(lambda: lines.readline(LINE), b""):
                entry = entry_of(raw)
                if entry is None:
                    self.wrong("form", self.last + 1)
                else:
                    self.check_entry(entry, self.last + 1)
                    self.remember(entry)
        self.check_chain()
        self.check_tree(json.loads(self.read(self.folder + "proof.json").decode("utf-8")))

    def check_entry(self, entry: Record, wanted: int) -> None:
        """An entry has its own hash, and follows the one before where that is here."""
        seq = entry["seq"]
        if seq < wanted:
            self.wrong("order", seq)
        if seq == wanted and entry["prev"] != self.root:
            self.wrong("link", seq)
        if entry["hash"] != digest({k: entry[k] for k in FIELDS if k != "hash"}):
            self.wrong("hash", seq)

    def remember(self, entry: Record) -> None:
        """The entry too: there are few."""
        super().remember(entry)
        self.entries[entry["seq"]] = entry

    def check_chain(self) -> None:
        """The first entry says whose ledger this is, and the manifest says the same."""
        first = self.entries.get(1)
        if first is None:
            self.wrong("first")
            return
        kind, _colon, site = first["subject"].partition(":")
        site = site if (first["kind"], kind) == ("site:begin", "site") else ""
        if self.manifest.get("site") != site:
            self.wrong("chain", site or "—")
        if self.last != self.manifest["entries"]:
            self.wrong("count", self.last, self.manifest["entries"])

    def check_tree(self, proof: Record) -> None:
        """The root is named; each entry has a path to it; earlier trees begin it."""
        self.size, self.tree = proof["size"], bytes.fromhex(proof["tree"])
        if not self.is_named(self.size, proof["tree"]):
            self.wrong("anchor", self.last)
        paths = {int(seq): path for seq, path in proof["paths"].items()}
        for seq in sorted({*paths, *self.entries} - self.naming_the_root()):
            if not self.is_in_the_tree(seq, paths.get(seq)):
                self.wrong("path", seq)
        for text, path in proof["trees"].items():
            self.check_earlier(int(text), [bytes.fromhex(one) for one in path])

    def is_named(self, size: int, tree: str) -> bool:
        """Does the last entry name the root?"""
        last = self.entries.get(self.last, {"kind": "", "data": {}})
        named = (last["data"].get("size"), last["data"].get("tree"))
        return last["kind"] == "ledger:tree" and named == (size, tree)

    def naming_the_root(self) -> set[int]:
        """The entry that cannot be in the tree itself."""
        return {self.last}

    def is_in_the_tree(self, seq: int, path: list[str] | None) -> bool:
        """Does the path lead from the entry to the root?"""
        if path is None or seq not in self.entries or not 0 < seq <= self.size:
            return False
        one, beside = leaf(self.hashes[seq]), [bytes.fromhex(text) for text in path]
        return led_to(seq - 1, self.size, one, beside) == self.tree

    def check_earlier(self, seq: int, path: list[bytes]) -> None:
        """The tree that an earlier entry names is the beginning of this one."""
        entry = self.entries[seq]
        size, root = entry["data"]["size"], bytes.fromhex(entry["data"]["tree"])
        known = entry["kind"] in ("ledger:tree", "ledger:checkpoint") and size < seq
        if known and begins(size, self.size, root, self.tree, path):
            self.trees[seq] = size
        else:
            self.wrong("tree", seq)

    def check_checkpoints(self) -> None:
        """Check them as in a whole ledger, but only those of this work must all be here."""
        work = "booklet:" + self.manifest["subject"]
        mine = {work} | {case for case, works in self.works_of_case.items() if work in works}
        self.codes = {c: n for c, n in self.codes.items() if self.entries[n]["subject"] in mine}
        super().check_checkpoints()

    def check_complete(self) -> None:
        """The steps of the work follow each other without a gap, too."""
        super().check_complete()
        if self.manifest["kind"] != "booklet":
            self.wrong("kind", self.manifest["kind"])
        for booklet in self.of("booklet"):
            self.check_moves(booklet)

    def check_moves(self, booklet: Record) -> None:
        """Each step begins where the one before ended, and the last one ends where the work stands."""
        subject, at, version = "booklet:" + booklet["id"], "registered", 1
        for place, entry in self.in_order():
            data = entry["data"]
            if entry["subject"] != subject:
                continue
            if entry["kind"] == "appeal:old-work":
                at = ""  # not told: it comes in at its end, and took its steps elsewhere
            elif {"source", "target", "version"} <= set(data):
                if at not in ("", data["source"]):
                    self.wrong("moves", place)
                at, version = data["target"], data["version"]
        if at not in ("", booklet["state"]) or version != booklet["version"]:
            self.wrong("moves-end", booklet["state"], at)

    def in_order(self) -> list[tuple[object, Record]]:
        """The entries in the order in which they were written, each with what names it."""
        return [(seq, self.entries[seq]) for seq in sorted(self.entries)]

    def proved_by(self, code: str, seq: int) -> Finding:
        """What the code proves of the entries here: those that its entry names a tree of."""
        if seq == self.last:
            return "note-code-all", (code, seq)
        first, until = self.reach(seq)
        if first <= 1:
            return "note-code-tree", (code, until)
        return "note-code-few", (code, first, until)

    def has(self, seq: int, digits: str) -> bool:
        """Is this the code of an entry of this chain?"""
        root = self.hashes.get(seq)
        return root is not None and re.sub(r"\D", "", code_of(seq, root)) == digits

    def reach(self, seq: int) -> tuple[int, int]:
        """The entries, from the first to the last, that an entry's hash speaks for by what is here."""
        first = seq
        while first not in self.trees and first - 1 in self.entries:
            first -= 1
        if first in self.trees:
            # What lies between the tree and its entry, if anything, is not shown by it.
            return 1, seq if self.trees[first] == first - 1 else self.trees[first]
        return first, seq


class Part(CheckShort):
    """What is here of the chain of another end: of the centre itself, about its stations."""

    name: Finding = ("part-centre", ())

    def __init__(
        self,
        whole: CheckCameIn,
        folder: str,
        keys: list[str],
    ) -> None:
        self.whole, self.folder, self.keys = whole, folder, keys
        super().__init__(whole.bundle)

    def closed_members(self) -> set[str]:
        """Judged once, for the whole bundle."""
        return self.whole.closed

    def read_manifest(self) -> Record:
        """That of the bundle, with the keys of this end: the present one is the last."""
        keys = self.keys or [""]
        own = {"public_key": keys[-1], "earlier_keys": keys[:-1]}
        return {**self.whole.manifest, **own}

    def wrong(self, what: str, *args: object) -> None:
        """Add a finding, and in whose ledger it is."""
        self.whole.wrong("in-part", self.name, (what, args))

    def check_chain(self) -> None:
        """It begins, and is not the chain of a point."""
        first = self.entries.get(1)
        if first is None:
            self.wrong("first")
        elif first["kind"] == "site:begin":
            self.wrong("chain", first["subject"])

    def is_named(self, size: int, tree: str) -> bool:
        """Does the last entry of the point's chain name the root of this one?"""
        return self.whole.others().get(self.folder) == {"size": size, "tree": tree}

    def naming_the_root(self) -> set[int]:
        """The entry that names the root stands in another chain."""
        return set()

    def check_last_checkpoint(self) -> None:
        """What was made for the bundle stands in the point's chain."""


class StationPart(Part):
    """What is here of the chain of a station that sent the work."""

    def __init__(
        self,
        whole: CheckCameIn,
        folder: str,
        keys: list[str],
    ) -> None:
        self.station = folder.split("/")[1]
        self.name = ("part-station", (self.station,))
        # What of it arrived by which entry of the point's chain (entry → first, last): nothing else
        # of it is witnessed.
        self.arrived: dict[int, tuple[int, int]] = {}
        # Whether a checkpoint is signed with a key that nothing joins to the one on paper: it may
        # be anybody's.
        self.doubted = False
        super().__init__(whole, folder, keys)
        if not keys:
            self.wrong("no-key")

    def check_chain(self) -> None:
        """It is the ledger that joined this centre under this name."""
        if 1 not in self.entries:
            self.wrong("first")
        subject, site = "centre:" + self.station, self.manifest.get("site")
        joined = [
            entry
            for entry in self.entries.values()
            if (entry["kind"], entry["subject"]) == ("centre:join", subject)
        ]
        if not any(entry["data"].get("site") == site for entry in joined):
            self.wrong("not-joined", site)

    def counts(self, by: list[str]) -> bool:
        """Where a key stands on paper, that one speaks for the station: the centre could have
        confirmed another one besides.
        """
        believed = not self.whole.station_key or not self.of_paper().isdisjoint(by)
        self.doubted = self.doubted or not believed
        return believed

    def of_paper(self) -> set[str]:
        """The key on paper, and those that a change of key joins to it."""
        known = {self.whole.station_key}
        told = [
            e["data"] for _n, e in sorted(self.entries.items()) if e["kind"] == "centre:new-key"
        ]
        for change in (*told, *reversed(told)):
            pair = {str(change.get("before")), str(change.get("public_key"))}
            if not pair.isdisjoint(known) and changes_key(change):
                known |= pair
        return known

    def check_arrivals(self) -> None:
        """Each entry came by a bundle that the point's chain witnesses, with the root it names."""
        for seq, entry in sorted(self.whole.entries.items()):
            if (entry["kind"], entry["subject"]) != ("travel:receive", "station:" + self.station):
                continue
            first, last, root = (entry["data"][name] for name in ("first", "last", "root"))
            if last in self.entries:
                self.arrived[seq] = (first, last)
                if self.hashes[last] != root:
                    self.wrong("arrival", last, seq)
        for seq in self.entries:
            if self.place(seq) is None:
                self.wrong("not-arrived", seq)
        ends = [last for _first, last in self.arrived.values()]
        if ends != sorted(set(ends)) or ends[-1:] != [self.size]:
            self.wrong("count", self.last, self.size)

    def place(self, seq: int) -> int | None:
        """The entry of the point's chain by which an entry came."""
        came = (at for at, (first, last) in self.arrived.items() if first <= seq <= last)
        return next(came, None)

    def signed_to(self) -> int:
        """Up to which entry the station's own signature speaks for what is here."""
        reached = map(self.reach, self.held)
        return max((until for first, until in reached if first <= 1), default=0)

    def said_of_it(self) -> list[Finding]:
        """Who vouches for which of these entries."""
        signed_to, whose = self.signed_to(), self.whole
        mine = (s for s, entry in self.entries.items() if whose.concerns(entry))
        unsigned = sorted(seq for seq in mine if seq > signed_to)
        said: list[Finding] = []
        if signed_to:
            said.append(("note-station-signed", (self.station, signed_to)))
        if unsigned:
            numbers = ", ".join(map(str, unsigned[:20])) + ("…" if unsigned[20:] else "")
            said.append(("note-unsigned", (self.station, numbers)))
        for seq, (_first, last) in sorted(self.arrived.items()):
            said.append(("note-witness", (self.station, last, seq, whose.entries[seq]["at"])))
        return said


class CheckCameIn(CheckShort):
    """A bundle of one work that came to a centre: its entries in the point's chain at the centre, in
    that of its station, and what the centre's own chain says of that station.
    """

    def __init__(self, bundle: zipfile.ZipFile) -> None:
        super().__init__(bundle)
        self.enrolment: Part | None = None
        self.stations: list[StationPart] = []
        self.station_key = ""

    def others(self) -> Record:
        """The roots of the other chains, as the last entry of the point's chain names them."""
        told = self.entries.get(self.last, {"data": {}})["data"].get("others")
        return told if isinstance(told, dict) else {}

    def check_station_key(self, key: str) -> None:
        """Compared when the keys of the stations are known."""
        self.station_key = key

    def check_ledger(self) -> None:
        """The point's chain, then the others; then what all of them say, in its order."""
        super().check_ledger()
        folders = {n[: n.rindex("/") + 1] for n in self.manifest["files"] if "/" in n}
        folders = {f for f in folders if f != "scans/"}
        for folder in sorted(folders ^ set(self.others())):
            self.wrong("other-chain", folder)
        enrolment = self.enrolment = Part(self, "enrolment/", [])
        self.step("enrolment/ledger.jsonl", enrolment.check_ledger)
        self.step("enrolment/checkpoints.json", enrolment.check_checkpoints)
        for folder in sorted(folders - {"enrolment/"}):
            self.check_station(folder)
        if not self.stations:
            self.wrong("other-chain", "stations/")
        self.learn_in_order()

    def check_station(self, folder: str) -> None:
        """The chain of one station, by the keys that the centre has confirmed of it."""
        keys = [key for _seq, key in self.keys_of(folder.split("/")[1])]
        part = StationPart(self, folder, keys)
        self.stations.append(part)
        self.step(folder + "ledger.jsonl", part.check_ledger)
        self.step(folder + "ledger.jsonl", part.check_arrivals)
        self.step(folder + "checkpoints.json", part.check_checkpoints)
        if self.station_key and self.station_key not in keys:
            self.wrong("other-station-key", part.station, self.station_key)

    def keys_of(self, station: str) -> list[tuple[int, str]]:
        """The keys of a station that the centre has confirmed, and by which entries."""
        told = self.enrolment.entries if self.enrolment else {}
        return [
            (seq, str(entry["data"].get("key")))
            for seq, entry in sorted(told.items())
            if (entry["kind"], entry["subject"]) == ("station:confirm", "station:" + station)
        ]

    def learn_in_order(self) -> None:
        """What the entries say, anew: those of a station were written before they arrived."""
        self.recorded, self.owners, self.naming, self.works_of_case = {}, {}, set(), {}
        for place, entry in self.in_order():
            self.learn(entry, place)

    def in_order(self) -> list[tuple[object, Record]]:
        """Entries of a station stand before the one by which they arrived."""
        placed: list[tuple[tuple[int, int, int], object, Record]] = [
            ((seq, 1, 0), seq, entry) for seq, entry in self.entries.items()
        ]
        for part in self.stations:
            for seq, entry in part.entries.items():
                place: Finding = ("of-station", (seq, part.station))
                placed.append(((part.place(seq) or 0, 0, seq), place, entry))
        placed.sort(key=lambda one: one[0])
        return [(place, entry) for _at, place, entry in placed]

    def concerns(self, entry: Record) -> bool:
        """Is the entry about the work, a case of it, or a row that is here?"""
        work = "booklet:" + self.manifest["subject"]
        cases = (case for case, works in self.works_of_case.items() if work in works)
        return entry["subject"] in {work, *cases} or any(row in self.rows for row in entry["rows"])

    def check_complete(self) -> None:
        """Who keeps the work is here, too, where an entry says it."""
        super().check_complete()
        kept = "work_keeper:" + self.manifest["subject"]
        value, place = self.recorded.get(kept, ("", 0))
        if value and kept not in self.rows:
            self.wrong("row-missing", kept, place)

    def check_paper(self, code: str) -> None:
        """The code is of the point's chain at the centre, or of a station's."""
        digits = re.sub(r"\D", "", code)
        seq = int(digits[:-12] or 0) if 16 <= len(digits) < 30 else 0
        holding = [chain for chain in (self, *self.stations) if chain.has(seq, digits)]
        for chain in holding[:1]:
            note = chain.proved_by(code, seq)
            told = ("in-part", (chain.name, note)) if isinstance(chain, Part) else note
            self.notes.append(told)
        if not holding and seq in self.hashes:
            self.not_here(code, seq)
        elif not holding:
            super().check_paper(code)

    def not_here(self, code: str, seq: int) -> None:
        """Of the point's chain the code is not; of a station's entry that is not here it may be."""
        if all(seq in part.hashes for part in self.stations):
            self.wrong("paper", code)
        else:
            self.unknown.append(("paper-other", (code, seq)))

    def said_of_it(self) -> list[Finding]:
        """Who vouches for what."""
        of_stations = sum(len(part.entries) for part in self.stations)
        said: list[Finding] = [("note-came-in", (len(self.entries), of_stations))]
        for part in self.stations:
            keys = self.keys_of(part.station)
            if keys:
                seq, key = keys[-1]
                told = (part.station, self.manifest.get("site"), key, seq)
                said.append(("note-station-key", told))
            if part.doubted or not self.station_key:
                said.append(("note-no-station-key", (part.station,)))
            said += part.said_of_it() + self.revoked(part.station)
        keeper = self.rows.get("work_keeper:" + self.manifest["subject"], {}).get("keeper")
        return [*said, ("note-kept-centre" if keeper == "centre" else "note-kept-point", ())]

    def revoked(self, station: str) -> list[Finding]:
        """The entries in which the centre revokes a station."""
        told = self.enrolment.entries if self.enrolment else {}
        return [
            ("note-revoked", (station, entry["at"], seq))
            for seq, entry in sorted(told.items())
            if (entry["kind"], entry["subject"]) == ("station:revoke", "station:" + station)
        ]


CHECKS: dict[str, type[Check]] = {WHOLE: Check, SHORT: CheckShort, CAME_IN: CheckCameIn}


def check_of(bundle: zipfile.ZipFile) -> Check:
    """The check that fits the bundle's format."""
    kind = CHECKS[Check(bundle).manifest["format"]]
    return kind(bundle)


def said(finding: Finding, words: dict[str, str]) -> str:
    """A finding in words; what is named in it may be one itself."""
    what, args = finding
    told = (said((arg[0], arg[1]), words) if isinstance(arg, tuple) else shown(arg) for arg in args)
    return words[what].format(*told)


def report(check: Check, words: dict[str, str]) -> Iterator[str]:
    """The lines that say what was checked, what could not be checked, and what is wrong."""
    parts = [check, *getattr(check, "stations", [])]
    entries = sum(len(part.hashes) for part in parts)
    marks = sum(len(part.marks) for part in parts)
    yield words["said"].format(entries, len(check.rows), marks, check.scans)
    yield words["key"].format(shown(check.manifest["public_key"]))
    yield words["code"].format(code_of(check.last, check.root))
    for finding in (*check.notes, *check.unknown):
        yield said(finding, words)
    if not check.found:
        yield words["rest" if check.unknown else "ok"]
        return
    lines = [said(finding, words) for finding in check.found]
    yield words["bad"].format(lines[0])
    yield from ("  " + line for line in lines[1:20])
    yield words["more"].format(len(lines))


def arguments() -> argparse.ArgumentParser:
    """What is said on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("bundle")
    parser.add_argument("--code", help="checkpoint code from paper")
    parser.add_argument("--key", help="public key of the station (64 hex digits) from paper")
    parser.add_argument(
        "--station-key",
        help="public key of the station from paper, where --key is that of a centre",
    )
    parser.add_argument("--lang", choices=sorted(WORDS), default="ru")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Check and report; the exit code."""
    options = arguments().parse_args(argv)
    words = WORDS[options.lang]
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A screen that lacks a character gets its number instead of an error.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with zipfile.ZipFile(options.bundle) as bundle:
            check = check_of(bundle)
            check.run(options.code, options.key, options.station_key)
    except UNREADABLE as error:
        print(words["not-a-bundle"].format(shown(f"{type(error).__name__} {error}")))
        return 2
    for line in report(check, words):
        print(line)
    return 1 if check.found else 2 if check.unknown else 0


if __name__ == "__main__":
    sys.exit(main())
