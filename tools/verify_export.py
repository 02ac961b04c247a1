#!/usr/bin/env python3
"""Check a bundle of the exam day without the program that made it: one file, Python 3.8 or newer,
nothing to install.

    python3 verify_export.py BUNDLE.zip [--code 0412-7731-0945-1180] [--key HEX] [--lang en]

Says what was checked, names what is wrong or missing, and says what could not be checked. Ends
with 0: nothing wrong was found; 1: something is wrong or missing; 2: this cannot be checked (not a
bundle, unreadable). The form of a bundle is described in docs/ledger-format.md. `--code` is a
checkpoint code from paper, `--key` the station's public key noted on paper: both come from outside
the bundle, and only what comes from outside can show that somebody made the whole bundle anew. A
code speaks of the entries up to its number; it says nothing about the key, nor about what came
later.
"""

import argparse
import base64
import hashlib
import json
import re
import stat
import sys
import zipfile
import zlib

FORMAT = "examday-bundle/1"
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
MANY = 200_000  # members of one bundle
SMALL, LARGE, LINE = (
    64 << 20,
    1 << 30,
    16 << 20,
)  # bytes of a JSON member, of a ledger or scan, of one entry
PACKED = 1000  # no honest member is packed more tightly than this
MEMBERS = re.compile(
    r"manifest\.json|signature\.txt|data\.json|ledger\.jsonl|checkpoints\.json|scans/[0-9a-f]{64}"
)
# Rows that belong to the work, or to the case, whose entry wrote them last.
OF_A_WORK = ("reading", "signoff", "assignment", "page", "item", "handover")
OF_A_CASE = ("finding", "order_step", "hearing", "case_vote")
LEADS_TO = {
    "booklet": (("seat_id", "seat"), ("exam_id", "exam")),
    "seat": (("room_id", "room"),),
    "page": (("scan_file_id", "scan_file"),),
    "signoff": (("booklet_id", "booklet"),),
    "reading": (("booklet_id", "booklet"),),
}
SIGNED_STATES = ("certified", "packed", "handed_over")

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
        "note-moving": "НЕ ПРОВЕРЕНО: не убраны ли целые работы дня и сканы, которые не отнесены ни к одной работе."
        " Это подтверждает только подпись ключом с бумаги.",
        "ok": "Всё, что проверено, верно.",
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
        "note-moving": "NOT CHECKED: whether whole works of a day, or scans of no work, were left out."
        " Only the signature with the key from paper tells.",
        "ok": "All that was checked is true.",
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
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    """The x of a compressed point, or None."""
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    if x2 % P == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P:
        return None
    return P - x if (x & 1) != sign else x


def point(raw):
    """32 bytes → point in extended coordinates, or None."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    """The sum of two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(s, p):
    """s times p."""
    q = (0, 1, 1, 0)
    while s:
        if s & 1:
            q = add(q, p)
        p, s = add(p, p), s >> 1
    return q


def same(p, q):
    """Are two points equal?"""
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signed(key, message, signature):
    """Does this Ed25519 signature belong to the key (hex) and the message?"""
    try:
        public, raw = bytes.fromhex(key), base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    if len(public) != 32 or len(raw) != 64:
        return False
    a, r, s = point(public), point(raw[:32]), int.from_bytes(raw[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(raw[:32] + public + message).digest(), "little") % L
    return same(times(s, BASE), add(r, times(h, a)))


def canonical(value):
    """JSON with sorted keys and no blanks, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(value):
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


def code_of(seq, root):
    """The code that stands on paper."""
    digits = f"{int(root[:16], 16) % 10**12:012d}"
    return f"{seq:04d}-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def shown(value):
    """Text of the bundle for the screen: nothing in it moves the cursor, hides or turns other text
    around."""
    text = "".join(
        c
        if c.isprintable()
        and c not in "\u115f\u1160\u2800\u3164\uffa0"
        and not "\ufe00" <= c <= "\ufe0f"
        else f"\\u{ord(c):04x}"
        for c in str(value)[:400]
    )
    return text if len(text) <= 200 else text[:200] + "…"


def speaks_of_checkpoint(kind):
    """Does an entry of this kind name, as `code`, a checkpoint that was made with it?"""
    return kind.startswith("print:") or kind in (
        "ledger:export",
        "ledger:checkpoint",
        "appeal:print",
    )


class Check:
    """One bundle, step by step; `found` lists what is wrong in the order of the steps."""

    def __init__(self, bundle):
        self.bundle, self.found, self.notes = bundle, [], []
        self.spoken, self.wrote, self.works_of_case = {}, {}, {}
        self.packets = set()
        self.never = self.refused()
        self.last, self.root, self.hashes, self.recorded = 0, GENESIS, {}, {}
        self.signed_on_paper = set()
        self.rows, self.marks, self.scans = {}, [], 0
        self.manifest_text = self.read("manifest.json")
        self.manifest = json.loads(self.manifest_text.decode("utf-8"))
        if not isinstance(self.manifest, dict) or self.manifest.get("format") != FORMAT:
            raise ValueError(FORMAT)
        for name, kind in (
            ("files", dict),
            ("entries", int),
            ("public_key", str),
            ("kind", str),
            ("subject", str),
        ):
            if not isinstance(self.manifest.get(name), kind):
                raise ValueError("manifest.json: " + name)

    def refused(self):
        """Names of members that are not opened: links, ciphers, doubles, bombs. Judged before
        anything is unpacked."""
        infos = self.bundle.infolist()
        if len(infos) > MANY:
            raise ValueError("too many members")
        seen, bad = set(), set()
        for info in infos:
            known = MEMBERS.fullmatch(info.filename)
            limit = LARGE if info.filename.startswith(("scans/", "ledger")) else SMALL
            if (
                info.filename in seen
                or info.flag_bits & 1
                or stat.S_ISLNK(info.external_attr >> 16)
                or (
                    known
                    and (
                        info.file_size > limit
                        or info.file_size > PACKED * max(info.compress_size, 1000)
                    )
                )
            ):
                bad.add(info.filename)
            seen.add(info.filename)
        for name in sorted(bad):
            self.wrong("member", name)
        return bad

    def read(self, name):
        """A small member, never more than it may have."""
        if name in self.never:
            raise ValueError(name)
        with self.bundle.open(name) as member:
            content = member.read(SMALL + 1)
        if len(content) > SMALL:
            raise ValueError("too large: " + name)
        return content

    def step(self, name, work, *args):
        """One step; when it stumbles over what stands in the bundle, that is a finding, and the
        next step follows."""
        try:
            work(*args)
        except UNREADABLE as error:
            self.wrong("step", name, f"{type(error).__name__} {error}")

    def wrong(self, what, *args):
        """Note a finding."""
        self.found.append((what, args))

    def run(self, code, key):
        """All steps."""
        own = self.manifest["public_key"]
        if key and key.strip().lower() != own:
            self.wrong("other-key", own)
        self.step("signature.txt", self.signature, own)
        self.step("manifest.json", self.files)
        self.step("ledger.jsonl", self.ledger)
        self.step("checkpoints.json", self.checkpoints, own)
        self.step("data.json", self.data)
        self.step("data.json", self.missing)
        if code:
            self.paper(code)
        if not key:
            self.notes.append(("note-no-key", ()))
            self.notes.append(("note-moving", ()))
        if not code:
            self.notes.append(("note-no-code", ()))

    def signature(self, own):
        """The manifest is signed with the key it names."""
        if not signed(own, self.manifest_text, self.read("signature.txt").decode("ascii").strip()):
            self.wrong("manifest-signature")

    def files(self):
        """Every file is the one in the manifest."""
        names = [n for n in self.bundle.namelist() if n not in ("manifest.json", "signature.txt")]
        listed = self.manifest["files"]
        for name in sorted(set(names) | set(listed)):
            if name not in names:
                self.wrong("file-missing", name)
            elif name not in listed or names.count(name) > 1 or not MEMBERS.fullmatch(name):
                self.wrong("file-extra", name)
            elif name not in self.never:
                found = self.digest_of(name)
                if found != listed[name] or (
                    name.startswith("scans/") and name != "scans/" + str(found)
                ):
                    self.wrong("file", name)
                self.scans += name.startswith("scans/")

    def digest_of(self, name):
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

    @staticmethod
    def entry_of(raw):
        """The entry in this line; None when it is not in its proper form."""
        try:
            entry = json.loads(raw.decode("utf-8"))
            good = (
                tuple(sorted(entry)) == tuple(sorted(FIELDS))
                and canonical(entry) + "\n" == raw.decode()
                and type(entry["seq"]) is int
                and entry["seq"] > 0
                and isinstance(entry["data"], dict)
                and all(
                    isinstance(entry[k], str)
                    for k in ("at", "kind", "actor", "subject", "prev", "hash")
                )
                and all(isinstance(value, str) for value in entry["rows"].values())
                and re.fullmatch("[0-9a-f]{64}", entry["hash"])
            )
        except UNREADABLE:
            return None
        return entry if good else None

    def note(self, entry):
        """What this entry says of rows and checkpoints."""
        if entry["kind"] == "packing:open":
            self.packets.add(entry["subject"])
        for row, value in entry["rows"].items():
            self.recorded[row] = (value, entry["seq"])
            if row.partition(":")[0] in OF_A_WORK + OF_A_CASE:
                self.wrote[row] = self.owner(row, entry) or self.wrote.get(row, "")
        # Registering an appeal puts its work under legal hold: one entry writes both rows.
        works = {row for row in entry["rows"] if row.startswith("booklet:")}
        for row in entry["rows"]:
            if row.startswith("appeal:"):
                self.works_of_case.setdefault(row, set()).update(works)
        if speaks_of_checkpoint(entry["kind"]) and "code" in entry["data"]:
            self.spoken[str(entry["data"]["code"])] = entry["seq"]
        if (
            entry["kind"] == "appeal:old-work"
        ):  # transferred before the program was used: signed on paper only
            self.signed_on_paper.add(entry["subject"])

    def owner(self, row, entry):
        """The work or case that the row belongs to by this entry; "" when the entry does not say.

        A page is attached by an entry about its file, which also moves the one work on. A packet
        belongs to no work, though the entry of packing a work may be the one that wrote its row.
        """
        if entry["subject"] == row or row in self.packets:
            return "itself"
        if entry["subject"].startswith(("booklet:", "appeal:")):
            return entry["subject"]
        works = [other for other in entry["rows"] if other.startswith("booklet:")]
        return works[0] if row.startswith("page:") and len(works) == 1 else ""

    def ledger(self):
        """Numbers, links and hashes of all entries."""
        wanted, prev = 1, GENESIS
        if "ledger.jsonl" in self.never:
            raise ValueError("ledger.jsonl")
        with self.bundle.open("ledger.jsonl") as lines:
            for raw in iter(lambda: lines.readline(LINE), b""):
                entry = self.entry_of(raw)
                if entry is None:
                    self.wrong("form", wanted)
                    wanted += 1
                    continue
                if entry["seq"] != wanted:
                    self.wrong("gap", wanted)
                if entry["prev"] != prev:
                    self.wrong("link", entry["seq"])
                if entry["hash"] != digest({k: entry[k] for k in FIELDS if k != "hash"}):
                    self.wrong("hash", entry["seq"])
                prev, wanted = entry["hash"], entry["seq"] + 1
                self.last, self.root, self.hashes[entry["seq"]] = entry["seq"], prev, prev
                self.note(entry)
        if self.last != self.manifest["entries"]:
            self.wrong("count", self.last, self.manifest["entries"])

    def checkpoints(self, key):
        """Every signed checkpoint, the last one on the last entry."""
        self.marks = json.loads(self.read("checkpoints.json").decode("utf-8"))
        if not isinstance(self.marks, list) or not all(
            isinstance(mark, dict) for mark in self.marks
        ):
            self.marks = []
        there = {str(mark.get("code")) for mark in self.marks}
        for code, seq in self.spoken.items():
            if code not in there:
                self.wrong("mark-missing", code, seq)
        for mark in self.marks:
            said = {k: mark[k] for k in ("seq", "root", "code", "at", "purpose")}
            if mark["code"] != code_of(mark["seq"], mark["root"]) or not signed(
                key, canonical(said).encode("utf-8"), mark["signature"]
            ):
                self.wrong("signature", mark["code"])
            elif self.hashes.get(mark["seq"], GENESIS) != mark["root"]:
                self.wrong("checkpoint", mark["seq"], mark["code"])
        if not self.marks or self.marks[-1]["seq"] != self.last:
            self.wrong("no-checkpoint", self.last)

    def data(self):
        """Every row is the one that the ledger recorded; readings, signatures and scans fit it."""
        self.rows = json.loads(self.read("data.json").decode("utf-8"))["rows"]
        if not isinstance(self.rows, dict) or not all(
            isinstance(row, dict) for row in self.rows.values()
        ):
            self.rows = {}
            raise ValueError("rows")
        for key in sorted(self.rows):
            value, seq = self.recorded.get(key, ("", 0))
            if not value:
                self.wrong("row-unknown", key)
            elif digest(self.rows[key]) != value:
                self.wrong("row", key, seq)
            if (
                key.startswith("reading:")
                and digest(self.rows[key]["content"]) != self.rows[key]["sha256"]
            ):
                self.wrong("reading", key)
        there, gone = set(self.manifest["files"]), set(self.manifest.get("destroyed", []))
        for row in self.of("scan_file"):
            if (
                row["sha256"]
                and "scans/" + row["sha256"] not in there
                and row["sha256"] not in gone
            ):
                self.wrong("scan", row["sha256"])
        for booklet in self.of("booklet"):
            on_paper = (
                "booklet:" + booklet["id"] in self.signed_on_paper and booklet["version"] == 1
            )
            if booklet["state"] in SIGNED_STATES and not on_paper:
                self.signatures(booklet)

    def missing(self):
        """What must be here and is not: the work itself, what its entries wrote, what its rows
        lead to."""
        self.about()
        works = {key for key in self.rows if key.startswith("booklet:")}
        if self.manifest["kind"] == "booklet":
            works.add("booklet:" + self.manifest["subject"])
        mine = works | {case for case, of in self.works_of_case.items() if of & works}
        for row in sorted(self.wrote):
            value, seq = self.recorded[row]
            if value and row not in self.rows and self.wrote[row] in mine:
                self.wrong("row-missing", row, seq)
        leads_to = LEADS_TO
        if self.manifest["kind"] == "day":  # a work's bundle leaves the day's packets out
            leads_to = {**LEADS_TO, "item": (("parent_id", "item"),)}
        for key in sorted(self.rows):
            for column, table in leads_to.get(key.partition(":")[0], ()):
                other = self.rows[key].get(column)
                if other and f"{table}:{other}" not in self.rows:
                    self.wrong("leads", f"{table}:{other}", key)
        acted = any(
            row.startswith("destruction:") and value for row, (value, _seq) in self.recorded.items()
        )
        for sha256 in self.manifest.get("destroyed", []) if not acted else []:
            self.wrong("destroyed", sha256)

    def about(self):
        """What the bundle is said to be about is known and is here."""
        if self.manifest["kind"] not in ("booklet", "day"):
            # What must be here follows from the kind: of an unknown one nothing would be missed.
            self.wrong("kind", self.manifest["kind"])
        if (
            self.manifest["kind"] == "booklet"
            and "booklet:" + self.manifest["subject"] not in self.rows
        ):
            self.wrong("subject", self.manifest["subject"])
        if self.manifest["kind"] == "day" and not self.of("exam"):
            self.wrong("subject", self.manifest["subject"])

    def of(self, table):
        """Rows of one table."""
        return [self.rows[key] for key in sorted(self.rows) if key.startswith(table + ":")]

    def signatures(self, booklet):
        """Each signature of the present version was given on the content that stands here."""
        mine = [
            r
            for r in self.of("reading")
            if r["booklet_id"] == booklet["id"] and r["version"] == booklet["version"]
        ]
        newest = {
            s: max((r for r in mine if r["source"] == s), key=lambda r: r["round"], default=None)
            for s in ("settled", "verified")
        }
        pages = sorted(
            (
                p
                for p in self.of("page")
                if p["booklet_id"] == booklet["id"] and p["state"] == "attached"
            ),
            key=lambda p: (p["role"], p["order"], p["at"], p["id"]),
        )
        content = (
            newest["settled"]
            and newest["verified"]
            and digest(
                {
                    "booklet": booklet["id"],
                    "code": booklet["code"] or "",
                    "version": booklet["version"],
                    "round": newest["verified"]["round"],
                    "fields": newest["settled"]["content"]["fields"],
                    "verified": newest["verified"]["sha256"],
                    "originals": [p["image_sha256"] for p in pages if p["role"] == "original"],
                    "copies": [
                        p["image_sha256"]
                        for p in pages
                        if p["role"] == "copy" and p["version"] == booklet["version"]
                    ],
                }
            )
        )
        given = [
            s
            for s in self.of("signoff")
            if s["booklet_id"] == booklet["id"]
            and s["version"] == booklet["version"]
            and newest["verified"]
            and s["round"] == newest["verified"]["round"]
        ]
        for sign in given or [{"slot": "—", "content_sha256": None}]:
            if sign["content_sha256"] != content or content is None:
                self.wrong("signoff", sign["slot"], booklet["code"])

    def paper(self, code):
        """The code from paper belongs to an entry of this ledger."""
        digits = re.sub(r"\D", "", code)
        seq = int(digits[:-12] or 0) if len(digits) < 30 else 0
        if (
            not 16 <= len(digits) < 30
            or re.sub(r"\D", "", code_of(seq, self.hashes.get(seq, GENESIS))) != digits
        ):
            self.wrong("paper", code)
        else:
            self.notes.append(("note-code", (code, seq, self.last - seq)))


def main(argv=None):
    """Check and report; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("bundle")
    parser.add_argument("--code", help="checkpoint code from paper")
    parser.add_argument("--key", help="public key of the station (64 hex digits) from paper")
    parser.add_argument("--lang", choices=sorted(WORDS), default="ru")
    options = parser.parse_args(argv)
    words = WORDS[options.lang]
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    check = None
    try:
        with zipfile.ZipFile(options.bundle) as bundle:
            check = Check(bundle)
            check.run(options.code, options.key)
    except UNREADABLE as error:
        print(words["not-a-bundle"].format(shown(f"{type(error).__name__} {error}")))
        return 2
    print(words["said"].format(len(check.hashes), len(check.rows), len(check.marks), check.scans))
    print(words["key"].format(shown(check.manifest["public_key"])))
    print(words["code"].format(code_of(check.last, check.root)))
    for what, args in check.notes:
        print(words[what].format(*map(shown, args)))
    if not check.found:
        print(words["ok"])
        return 0
    lines = [words[what].format(*map(shown, args)) for what, args in check.found]
    print(words["bad"].format(lines[0]))
    for line in lines[1:20]:
        print("  " + line)
    print(words["more"].format(len(lines)))
    return 1


if __name__ == "__main__":
    sys.exit(main())
