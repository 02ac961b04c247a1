"""A hash tree over a growing list (RFC 9162, section 2.1; the same as in RFC 6962).

A few hashes show that something stands in the list (path), or that a shorter list is the beginning
of a longer one (consistency). Hashes are bytes of SHA-256.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

BLOCK = 256
"""Leaves whose common root is kept. A power of two, so that it is a node of every larger tree."""
EMPTY = hashlib.sha256(b"").digest()
"""Root of the tree that has no leaf, by RFC 9162: an empty ledger has one too."""


def leaf(content: bytes) -> bytes:
    """The hash of a leaf."""
    # Another first byte than a node's: no node can be passed off as a leaf.
    return hashlib.sha256(b"\x00" + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees together."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Growing:
    """A tree that takes one leaf after the other and keeps no more than its peaks."""

    size: int = 0
    _peaks: list[tuple[int, bytes]] = field(default_factory=list)
    """Height and root of each whole subtree, the largest first: all that the next leaf needs,
    however long the chain is."""

    def add(self, one: bytes) -> bytes | None:
        """Take a leaf; return the root of the block that it completes."""
        height, root, block = 0, one, None
        while self._peaks and self._peaks[-1][0] == height:
            root, height = node(self._peaks.pop()[1], root), height + 1
            block = root if 1 << height == BLOCK else block
        self._peaks.append((height, root))
        self.size += 1
        return block

    def add_block(self, root: bytes) -> None:
        """Take a whole block by its root; only where all before it are whole blocks too."""
        height = BLOCK.bit_length() - 1
        while self._peaks and self._peaks[-1][0] == height:
            root, height = node(self._peaks.pop()[1], root), height + 1
        self._peaks.append((height, root))
        self.size += BLOCK

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY
        *larger, (_height, root) = self._peaks
        for _height, peak in reversed(larger):
            root = node(peak, root)
        return root


class Tree:
    """The tree over `size` leaves.

    `blocks`: roots of its whole blocks. `leaves`: block → its leaves, asked for only where they are
    needed.
    """

    def __init__(
        self,
        size: int,
        blocks: Sequence[bytes],
        leaves: Callable[[int], Sequence[bytes]],
    ) -> None:
        self.size, self._levels, self._leaves = size, [list(blocks)], leaves
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        """The root over all leaves."""
        return self._of(0, self.size) if self.size else EMPTY

    def path(self, index: int) -> list[bytes]:
        """The sibling hashes from leaf `index` (from 0) up to the root: the proof that the leaf is in it."""
        path, low, high = list[bytes](), 0, self.size
        while high - low > 1:
            middle = low + _left(high - low)
            if index < middle:
                path.append(self._of(middle, high))
                high = middle
            else:
                path.append(self._of(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, first: int) -> list[bytes]:
        """What shows that the tree over the first `first` leaves (1 … size) is the beginning of
        this one.
        """
        path, low, high = list[bytes](), 0, self.size
        while first != high:
            middle = low + _left(high - low)
            if first <= middle:
                path.append(self._of(middle, high))
                high = middle
            else:
                path.append(self._of(low, middle))
                low = middle
        # The whole of the shorter tree is known to whoever checks.
        return [*([self._of(low, high)] if low else []), *path[::-1]]

    def _of(self, low: int, high: int) -> bytes:
        known = self._known.get((low, high))
        if known is None:
            known = self._known[low, high] = self._made(low, high)
        return known

    def _made(self, low: int, high: int) -> bytes:
        count = high - low
        if count >= BLOCK and count.bit_count() == 1:
            return self._level(count // BLOCK)[low // count]
        if count == 1:
            return self._leaves(low // BLOCK)[low % BLOCK]
        middle = low + _left(count)
        return node(self._of(low, middle), self._of(middle, high))

    def _level(self, blocks: int) -> list[bytes]:
        """The roots of so many blocks each (a power of two), as far as these are whole."""
        while len(self._levels) < blocks.bit_length():
            below = self._levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            self._levels.append([node(left, right) for left, right in pairs])
        return self._levels[blocks.bit_length() - 1]


def _left(count: int) -> int:
    """How many of `count` leaves are on the left: the largest power of two below it."""
    return 1 << (count - 1).bit_length() - 1
