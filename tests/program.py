"""The program as a tree of syntax: each module is parsed once for all tests that look at it."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """The module in this file. Whoever wants to change the tree parses the text anew."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in it, outer things first."""
    return tuple(ast.walk(tree(path)))
