"""The program as a tree of syntax: each module is parsed once for all tests that look at it."""

import ast
import gc
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """The module in this file. Whoever wants to change the tree parses the text anew."""
    gc.disable()  # it would look at all trees again and again, and nothing of them is to go
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.enable()


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in it, outer things first."""
    return tuple(ast.walk(tree(path)))
