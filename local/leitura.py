"""Reads from the source what reaches the arguments of some calls: every text that code can say, run or not.

A text is followed through names, branches, tables, f-strings (what varies is `…`) and functions that answer it, and up
through the functions that only pass it on to whoever wrote it. What cannot be followed is `UNKNOWN`, never left out.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import product
from types import ModuleType
from typing import Any, Final

VARIES: Final = "…"
DEPTH: Final = 6
"""How many functions a text is followed through."""
FEW: Final = 4
"""Texts that a part of another may be and still be told each."""
RECEIVER: Final = -1
"""Place of what a method is called on."""


class Unknown(Enum):
    """What could not be followed."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True)
class Declared:
    """The first parameter of a function under a decorator that declares something: what the decorator was given."""

    given: tuple[Any, ...]


Choices = frozenset[tuple[str, Any]]
"""Which branch, or which row of a table, a text is of: texts of one call that chose differently do not go together."""
Found = tuple[Any, Choices]
"""A value (text, number as text, member of an enumeration, `Declared`, `None`) or `UNKNOWN`, and its choices."""
Roles = Mapping[str, tuple[int | None, str] | tuple[int | None, str, str]]
"""Place and name of the arguments wanted, and a key of one that is a dictionary; a place of `None` is by name only."""
Place = tuple[int, ...]
"""Where in a tuple, and in the tuples in it; empty is the whole."""
FREE: Final[Choices] = frozenset()
NOTHING: Final[Found] = (UNKNOWN, FREE)


@dataclass(frozen=True)
class Others:
    """A key of a table that is none of its own."""

    names: frozenset[Any]


class PassedOnError(Exception):
    """The value is a parameter: it is to be asked of whoever calls the function."""

    def __init__(self, function: Function) -> None:
        super().__init__(function.name)
        self.function = function


@dataclass(frozen=True, eq=False)
class Function:
    """A function of the source; `node` is `None` of what stands outside any.

    Attributes:
        name: full, with its class.
        owner: its class.
        outer: the function around it.
    """

    module: ModuleType
    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    owner: str = ""
    outer: Function | None = None

    @property
    def parameters(self) -> list[ast.arg]:
        """In order, `self` included."""
        if self.node is None:
            return []
        return [*self.node.args.posonlyargs, *self.node.args.args, *self.node.args.kwonlyargs]

    @property
    def taken(self) -> list[str]:
        """Names of what a call gives, in order."""
        names = [one.arg for one in self.parameters]
        return names[1:] if self.owner and names[:1] in (["self"], ["cls"]) else names


@dataclass(frozen=True, eq=False)
class Term:
    """An expression where it stands, or a value that is known."""

    node: ast.expr | None
    frame: Frame | None
    value: Any = None


@dataclass(frozen=True, eq=False)
class Frame:
    """A function with what is known of a run of it.

    Attributes:
        given: what some parameters are.
        picked: expressions, as written, and what they are.
        depth: functions followed so far.
    """

    function: Function
    given: Mapping[str, Term] = field(default_factory=dict)
    picked: Mapping[str, Any] = field(default_factory=dict)
    depth: int = 0


@dataclass(frozen=True, eq=False)
class Call:
    """A call, and where it stands."""

    node: ast.Call
    frame: Frame


class Source:
    """The modules of some packages, read once.

    Args:
        packages: names of packages on the path.
        transparent: full names of functions that are their first argument, for who reads.
    """

    def __init__(self, packages: Sequence[str], transparent: frozenset[str] = frozenset()) -> None:
        self._transparent = transparent
        self._functions: dict[str, Function] = {}
        self._calls: defaultdict[str, list[Call]] = defaultdict(list)
        self._parents: dict[ast.AST, ast.AST] = {}
        self._imported: dict[ModuleType, dict[str, str]] = {}
        trees = {module: ast.parse(inspect.getsource(module)) for name in packages for module in _modules(name)}
        for module, tree in trees.items():
            self._imported[module] = {}
            for node in ast.walk(tree):
                self._parents |= dict.fromkeys(ast.iter_child_nodes(node), node)
                if isinstance(node, ast.ImportFrom):
                    names = {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
                    self._imported[module] |= names
        for module, tree in trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    function = self._around(module, node.body[0])
                    self._functions[function.name] = function
        for module, tree in trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    frame = Frame(self._around(module, node))
                    self._calls[self._called(node, frame)].append(Call(node, frame))

    def _around(self, module: ModuleType, node: ast.AST) -> Function:
        """The function a node stands in, with those around it."""
        above = self._parents.get(node)
        while above is not None and not isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
            above = self._parents.get(above)
        if above is None:
            return Function(module, module.__name__)
        held = self._parents.get(above)
        owner = held.name if isinstance(held, ast.ClassDef) else ""
        name = ".".join(part for part in (module.__name__, owner, above.name) if part)
        return Function(module, name, above, owner, self._around(module, above))

    # --- calls ---

    def calls(self, name: str) -> Sequence[Call]:
        """Every call of a function or class, by its full name."""
        return self._calls.get(name, ())

    def said(self, call: Call, roles: Roles) -> Iterator[Mapping[str, Any]]:
        """What a call is given, in every way, each once: role → value."""
        try:
            rows = {tuple(row.values()): row for row in self._rows(call, roles)}
            yield from rows.values()
        except PassedOnError as passed:
            frame = call.frame
            for caller in self.calls(passed.function.name):
                given = self._given(passed.function, caller)
                if frame.depth < DEPTH and given.keys() - frame.given.keys():
                    above = replace(frame, given={**frame.given, **given}, depth=frame.depth + 1)
                    yield from self.said(Call(call.node, above), roles)

    def _rows(self, call: Call, roles: Roles, before: Mapping[str, Any] | None = None) -> Iterator[Mapping[str, Any]]:
        """In every way; once more with what the choices tell, where they tell more.

        Args:
            before: choices of the first time.
        """
        for positional, named in self._arguments(call):
            terms = []
            for place, name, *key in roles.values():
                term = named.get(name, Term(None, None))
                if place == RECEIVER and isinstance(call.node.func, ast.Attribute):
                    term = Term(call.node.func.value, call.frame)
                elif name not in named and place is not None and place < len(positional):
                    term = positional[place]
                inside = self._written(term.node, call.frame) if key and term.node is not None else {}
                terms.append(inside.get(key[0], Term(None, None)) if key else term)
            for row in product(*(_once(self.values(term)) for term in terms)):
                chosen = _agreed(row, before or {})
                if chosen is None:
                    continue
                unknown = [
                    term.node for term, (value, _) in zip(terms, row, strict=True)
                    if value is UNKNOWN or VARIES in str(value)
                ]  # fmt: skip
                written = " ".join(ast.unparse(node) for node in unknown if node is not None)
                known = {key: value for key, value in chosen.items() if key in written and isinstance(value, str)}
                if known and before is None:
                    yield from self._rows(Call(call.node, replace(call.frame, picked=known)), roles, chosen)
                else:
                    yield dict(zip(roles, (value for value, _ in row), strict=True))

    def _arguments(self, call: Call) -> Iterator[tuple[list[Term], dict[str, Term]]]:
        """Positional and named arguments; more than one way where a tuple is spread."""
        ways: list[list[Term]] = [[]]
        for node in call.node.args:
            if isinstance(node, ast.Starred):
                spread = [parts for parts, _ in self._parts(Term(node.value, call.frame))]
                ways = [[*way, *parts] for way in ways for parts in spread] or ways
            else:
                ways = [[*way, Term(node, call.frame)] for way in ways]
        named = {one.arg: Term(one.value, call.frame) for one in call.node.keywords if one.arg}
        return ((way, named) for way in ways)

    def _given(self, function: Function, caller: Call) -> dict[str, Term]:
        """What a call gives to each parameter; defaults, too."""
        if function.node is None:
            return {}
        spec, frame = function.node.args, Frame(function)
        positional = [one.arg for one in (*spec.posonlyargs, *spec.args)]
        defaults = dict(zip(reversed(positional), reversed(spec.defaults), strict=False))
        defaults |= {one.arg: held for one, held in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if held}
        given, named = next(self._arguments(caller), ([], {}))
        names = function.taken
        return {
            **{name: Term(held, frame) for name, held in defaults.items()},
            **dict(zip(names, given, strict=False)),
            **{name: term for name, term in named.items() if name in names},
        }

    def _called(self, call: ast.Call, frame: Frame) -> str:
        """Full name of what is called; empty when that cannot be told."""
        func, function = call.func, frame.function
        if isinstance(func, ast.Name):
            return self._full(function.module, func.id)
        if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
            return ""
        base = func.value.id
        if base in {"self", "cls"} and function.owner:
            return f"{function.module.__name__}.{function.owner}.{func.attr}"
        known = base in vars(function.module)
        return f"{(not known and self._kind(call, function, base)) or self._full(function.module, base)}.{func.attr}"

    def _full(self, module: ModuleType, name: str) -> str:
        held = vars(module).get(name)
        if inspect.ismodule(held):
            return held.__name__
        if inspect.isfunction(held) or inspect.isclass(held):
            return f"{held.__module__}.{held.__qualname__}"
        return self._imported[module].get(name, f"{module.__name__}.{name}")

    def _kind(self, near: ast.AST, function: Function, name: str) -> str:
        """Class of a parameter, or of a local name that is assigned a new object."""
        for one in function.parameters:
            if one.arg == name and one.annotation is not None:
                hint = one.annotation.value if isinstance(one.annotation, ast.Subscript) else one.annotation
                return self._full(function.module, hint.id) if isinstance(hint, ast.Name) else ""
        for value in self._assigned(near, function, name):
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
                return self._full(function.module, value.func.id)
        return ""

    # --- values ---

    def values(self, term: Term) -> Iterator[Found]:  # noqa: C901, PLR0912  # a case for each kind of expression
        """Every value of an expression.

        Raises:
            PassedOnError: it is a parameter of a function.
        """
        node, frame = term.node, term.frame
        if node is None or frame is None:
            yield _plain(term.value), FREE
            return
        module = frame.function.module
        match node:
            case _ if frame.depth > DEPTH:
                yield NOTHING
            case _ if frame.picked and ast.unparse(node) in frame.picked:
                yield frame.picked[ast.unparse(node)], FREE
            case ast.Constant(value=value):
                yield _plain(value), FREE
            case ast.JoinedStr(values=parts):
                code = not any(" " in str(part.value) for part in parts if isinstance(part, ast.Constant))
                yield from _joined([self._piece(part, frame, code=code) for part in parts])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from _joined([_once(self.values(Term(side, frame))) for side in (left, right)])
            case ast.BoolOp(values=options):
                for option in options:
                    yield from self.values(Term(option, frame))
            case ast.NamedExpr(value=value):
                yield from self.values(Term(value, frame))
            case ast.IfExp():
                yield from self._either(node, frame, self.values)
            case ast.Name(id=name):
                yield from self._of_name(node, name, frame)
            case ast.Subscript(value=table, slice=key):
                yield from self._of_table(table, key, frame)
            case ast.Attribute(value=ast.Name() as base, attr=attr) if _known(node, module) is None:
                yield from self._of_object(base, attr, frame)
            case ast.Attribute():
                yield _plain(_known(node, module)), FREE
            case ast.Call():
                yield from self._answered(node, frame)
            case _:
                yield NOTHING

    @staticmethod
    def _either(
        node: ast.IfExp, frame: Frame, read: Callable[[Term], Iterator[tuple[Any, Choices]]]
    ) -> Iterator[tuple[Any, Choices]]:
        """Both branches; those of another condition that reads the same are taken together."""
        for taken, branch in ((True, node.body), (False, node.orelse)):
            for value, choices in read(Term(branch, frame)):
                yield value, choices | {(ast.unparse(node.test), taken)}

    def _piece(self, part: ast.expr, frame: Frame, *, code: bool) -> list[Found]:
        """A part of an f-string: what is written, or one of a few texts; anything else varies, but not of a code."""
        if not isinstance(part, ast.FormattedValue):
            return _once(self.values(Term(part, frame)))
        try:
            found = _once(self.values(Term(part.value, frame)))
        except PassedOnError:
            if code:
                raise
            return [NOTHING]
        return found if code or len(found) <= FEW else [NOTHING]

    def _of_name(self, node: ast.expr, name: str, frame: Frame) -> Iterator[Found]:
        """What a name holds: given, assigned, asked of callers, declared by a decorator, or the module's."""
        if name in frame.given:
            yield from self.values(frame.given[name])
            return
        assigned = False
        for term, choices in self._bindings(node, frame, name):
            assigned = True
            yield from ((value, choices | more) for value, more in self.values(term))
        function: Function | None = frame.function
        while not assigned and function is not None and function.node is not None:
            if name in [one.arg for one in function.parameters]:
                declared = self._declared(function, name)
                if declared is None:
                    raise PassedOnError(function)
                yield declared, FREE
                return
            function = function.outer
        if not assigned:
            yield _plain(vars(frame.function.module).get(name, UNKNOWN)), FREE

    def _declared(self, function: Function, name: str) -> Declared | None:
        if function.node is not None and name == function.parameters[0].arg:
            for one in function.node.decorator_list:
                if isinstance(one, ast.Call) and one.args:
                    return Declared(tuple(_plain(_known(part, function.module)) for part in one.args))
        return None

    def _of_table(
        self, table: ast.expr, key: ast.expr, frame: Frame, others: Sequence[Term] = ()
    ) -> Iterator[Found]:  # fmt: skip
        """What a table, or a place of a tuple, may hold; a row chosen by the same key goes with the same row."""
        number = key.value if isinstance(key, ast.Constant) else None
        if isinstance(number, int):
            for parts, choices in self._parts(Term(table, frame)):
                yield from ((value, choices | more) for value, more in self.values(parts[number]))
            return
        held = self._written(table, frame)
        for name, term in held.items():
            if number is None or number == name:
                yield from ((value, more | {(ast.unparse(key), name)}) for value, more in self.values(term))
        for term in others:
            more = {(ast.unparse(key), Others(frozenset(held)))} if held else FREE
            yield from ((value, choices | more) for value, choices in self.values(term))
        if not held and not others:
            yield NOTHING

    def _written(self, table: ast.expr, frame: Frame) -> dict[Any, Term]:
        """The rows of a dictionary: a module's, or written in the function."""
        held = _known(table, frame.function.module)
        if isinstance(held, Mapping):
            return {_plain(key): Term(None, None, value) for key, value in held.items()}
        if isinstance(table, ast.Name):
            for term, _ in self._bindings(table, frame, table.id):
                if isinstance(term.node, ast.Dict):
                    return self._written(term.node, frame)
        if isinstance(table, ast.Dict):
            names = [_known(key, frame.function.module) if key else None for key in table.keys]
            return {_plain(name): Term(value, frame) for name, value in zip(names, table.values, strict=True)}
        return {}

    def _of_object(self, base: ast.Name, attr: str, frame: Frame) -> Iterator[Found]:
        """An attribute of an object: what is given where it is made.

        Of an exception, or of a row of a class of the module's own, wherever one of its class is.
        """
        makers = list(self._made(Term(base, frame)))
        name, kind = f"{base.id}.{attr}", self._kind(base, frame.function, base.id)
        if not makers and not frame.depth:
            kinds = [kind] if issubclass(_class(kind), Exception) else _private(frame.function.module, attr)
            made = [one for each in kinds for one in self.calls(each)]
            makers = [Call(one.node, replace(one.frame, depth=1)) for one in made]
        seen = False
        for held, choices in self._values_of(base, frame):
            seen = True
            yield _plain(getattr(held, attr, UNKNOWN)), choices
        for number, maker in enumerate(makers):
            names = _signature(self._called(maker.node, maker.frame))
            if attr not in names:
                continue
            for positional, named in self._arguments(maker):
                given = dict(zip(names, positional, strict=False)) | named
                try:
                    found = _once(self.values(given.get(attr, Term(None, None, names[attr]))))
                except PassedOnError:
                    found = [NOTHING]
                for value, choices in found:
                    seen = True
                    chosen = {(f"maker of {base.id}", number)} | ({(name, value)} if isinstance(value, str) else FREE)
                    yield value, choices | chosen
        if not seen:
            yield NOTHING

    def _values_of(self, base: ast.Name, frame: Frame) -> Iterator[tuple[Any, Choices]]:
        """The objects of a module's table that a local name may be."""
        for term, choices in self._bindings(base, frame, base.id):
            node = term.node
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
                for name, one in self._written(node.func.value, frame).items():
                    if one.node is None:
                        yield one.value, choices | {(ast.unparse(node.args[0]), name)}

    def _made(self, term: Term) -> Iterator[Call]:
        """The calls that make what an expression is, if they can be seen."""
        node, frame = term.node, term.frame
        if frame is None or frame.depth > DEPTH:
            return
        match node:
            case ast.Name(id=name) if name in frame.given:
                yield from self._made(frame.given[name])
            case ast.Name(id=name):
                for one, _ in self._bindings(node, frame, name):
                    yield from self._made(one)
            case ast.Call() if inspect.isclass(_named(self._called(node, frame))):
                yield Call(node, frame)
            case ast.Call():
                for one in self._returned(node, frame):
                    yield from self._made(one)
            case _:
                return

    def _answered(self, call: ast.Call, frame: Frame) -> Iterator[Found]:
        """What a call answers: a method of a text, a look-up, or what a function returns."""
        name = self._called(call, frame)
        if name in self._transparent:
            yield from self.values(Term(call.args[0], frame))
            return
        if name in self._functions:
            returned = list(self._returned(call, frame))
            for one in returned:
                try:
                    yield from list(self.values(one))
                except PassedOnError:
                    yield NOTHING
            if not returned:
                yield NOTHING
            return
        match call.func:
            case ast.Attribute(value=table, attr="get"):
                others = [Term(default, frame) for default in call.args[1:]]
                yield from self._of_table(table, call.args[0], frame, others)
            case ast.Attribute(value=text, attr="format"):
                yield from ((_unformatted(value), choices) for value, choices in self.values(Term(text, frame)))
            case ast.Attribute(value=text, attr="lower" | "upper" | "replace" as method):
                given = [_known(one, frame.function.module) for one in call.args]
                for value, choices in self.values(Term(text, frame)):
                    yield getattr(value, method)(*given) if isinstance(value, str) else UNKNOWN, choices
            case _:
                yield NOTHING

    def _returned(self, call: ast.Call, frame: Frame) -> Iterator[Term]:
        """What a function of the source returns or yields, given what a call gives it."""
        function = self._functions.get(self._called(call, frame))
        if function is None or function.node is None:
            return
        inner = Frame(function, self._given(function, Call(call, frame)), depth=frame.depth + 1)
        for one in ast.walk(function.node):
            if isinstance(one, ast.Return | ast.Yield) and one.value is not None:
                yield Term(one.value, inner)
            elif isinstance(one, ast.YieldFrom) and isinstance(one.value, ast.Call) and inner.depth < DEPTH:
                yield from self._returned(one.value, inner)

    # --- tuples ---

    def _parts(  # noqa: C901, PLR0912  # as `values`
        self, term: Term
    ) -> Iterator[tuple[list[Term], Choices]]:
        """The parts of a tuple, in every way."""
        node, frame = term.node, term.frame
        if node is None or frame is None:
            if isinstance(term.value, tuple | list):
                yield [part if isinstance(part, Term) else Term(None, None, part) for part in term.value], FREE
            return
        match node:
            case ast.Tuple(elts=written) | ast.List(elts=written):
                yield [Term(part, frame) for part in written], FREE
            case ast.IfExp():
                yield from self._either(node, frame, self._parts)
            case ast.Name(id=name) if name in frame.given:
                yield from self._parts(frame.given[name])
            case ast.Name(id=name):
                bindings = list(self._bindings(node, frame, name))
                for one, choices in bindings:
                    yield from ((parts, choices | more) for parts, more in self._parts(one))
                if not bindings and name in [one.arg for one in frame.function.parameters]:
                    raise PassedOnError(frame.function)
                if not bindings:
                    yield from self._parts(Term(None, None, vars(frame.function.module).get(name)))
            case ast.Subscript(value=table, slice=key):
                for name, one in self._written(table, frame).items():
                    yield from ((parts, more | {(ast.unparse(key), name)}) for parts, more in self._parts(one))
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[key, *others]) if held := self._written(
                table, frame
            ):
                yield from self._parts(Term(ast.Subscript(table, key), frame))
                other = {(ast.unparse(key), Others(frozenset(held)))}
                for default in others:
                    yield from ((parts, more | other) for parts, more in self._parts(Term(default, frame)))
            case ast.Call() if issubclass(_class(self._called(node, frame)), tuple):
                kind = _class(self._called(node, frame))
                for positional, named in self._arguments(Call(node, frame)):
                    yield [*positional, *(named[name] for name in [*vars(kind)["_fields"]][len(positional) :])], FREE
            case ast.Call():
                for number, one in enumerate(self._returned(node, frame)):
                    for parts, choices in self._parts(one):
                        yield parts, choices | {(f"answer of {ast.unparse(node)}", number)}
            case _:
                return

    # --- names ---

    def _bindings(self, node: ast.AST, frame: Frame, name: str) -> Iterator[tuple[Term, Choices]]:
        """What a local name may hold where a node stands."""
        for value in self._assigned(node, frame.function, name):
            if not isinstance(value, tuple):
                yield Term(value, frame), FREE
                continue
            whole, place, loop = value
            ways = self._each(whole, frame) if loop else self._inside(Term(whole, frame), place)
            for number, (one, choices) in enumerate(ways):
                row = {(f"row of {ast.unparse(whole)}", number)} if loop else FREE
                for part, more in self._inside(one, place) if loop else [(one, FREE)]:
                    yield part, choices | more | row

    def _inside(self, whole: Term, place: Place) -> Iterator[tuple[Term, Choices]]:
        """The part of a tuple at a place."""
        if not place:
            yield whole, FREE
            return
        for parts, choices in self._parts(whole):
            one = parts[place[0]] if place[0] < len(parts) else Term(None, None, UNKNOWN)
            yield from ((part, choices | more) for part, more in self._inside(one, place[1:]))

    def _each(self, iterated: ast.expr, frame: Frame) -> Iterator[tuple[Term, Choices]]:
        """What a loop goes through, when that is written down."""
        rows: list[Term] = []
        match iterated:
            case ast.Call(func=ast.Attribute(value=table, attr="items")):
                rows = [Term(None, None, (name, one)) for name, one in self._written(table, frame).items()]
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                rows = [Term(part, frame) for part in parts]
            case ast.Call():
                rows = list(self._returned(iterated, frame))
            case _:
                held = _known(iterated, frame.function.module)
                rows = [Term(None, None, one) for one in held] if isinstance(held, tuple | list) else []
        yield from ((row, FREE) for row in rows or [Term(None, None, UNKNOWN)])

    def _assigned(self, node: ast.AST, function: Function, name: str) -> list[Any]:
        """Expressions assigned to a name before a node, the nearest first, up to one that surely is.

        A part of a tuple is `(whole, place, whether it is a loop's)`.
        """
        found: list[Any] = []
        while (above := self._parents.get(node)) is not None and node is not function.node:
            loops = [above] if isinstance(above, ast.For) and node is not above.iter else []
            for loop in getattr(above, "generators", loops):
                if (place := _place(loop.target, name)) is not None:
                    return [*found, (loop.iter, place, True)]
            for one in ast.walk(above.test) if isinstance(above, ast.If | ast.IfExp | ast.While) else ():
                if isinstance(one, ast.NamedExpr) and one.target.id == name:
                    return [*found, one.value]
            for block in (getattr(above, part, None) for part in ("body", "orelse", "finalbody")):
                if isinstance(block, list) and node in block:
                    for before in reversed(block[: block.index(node)]):
                        surely, values = _assignments(before, name)
                        found += values
                        if surely:
                            return found
            node = above
        return found


def _place(target: ast.expr, name: str) -> Place | None:
    """Where in a target a name is, if it is there."""
    if isinstance(target, ast.Name):
        return () if target.id == name else None
    for at, one in enumerate(target.elts if isinstance(target, ast.Tuple) else []):
        if (place := _place(one, name)) is not None:
            return (at, *place)
    return None


def _assignments(statement: ast.stmt, name: str) -> tuple[bool, list[Any]]:
    """Whether a statement surely assigns a name, and what it may assign."""
    surely, found = isinstance(statement, ast.If) and bool(statement.orelse), []
    for node in ast.walk(statement):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for place in [_place(one, name) for one in targets if one is not None]:
                if place is not None:
                    found.append((node.value, place, False) if place else node.value)
                    surely = surely or node is statement
    return surely and bool(found), found


def _known(node: ast.expr, module: ModuleType) -> Any:
    """What a dotted name of a module, or a constant, is."""
    if isinstance(node, ast.Name):
        return vars(module).get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(_known(node.value, module), node.attr, None)
    return node.value if isinstance(node, ast.Constant) else None


def _named(full: str) -> Any:
    module, _, name = full.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name, None) if module else None
    except ImportError:
        return None


def _signature(full: str) -> dict[str, Any]:
    """What a class is made of: name → default."""
    made = _named(full)
    found = inspect.signature(made).parameters.values() if inspect.isclass(made) else ()
    return {one.name: None if one.default is inspect.Parameter.empty else one.default for one in found}


def _private(module: ModuleType, attr: str) -> list[str]:
    """A module's own classes that have an attribute."""
    names = [name for name, held in vars(module).items() if name.startswith("_") and inspect.isclass(held)]
    return [f"{module.__name__}.{name}" for name in names if attr in getattr(vars(module)[name], "__annotations__", ())]


def _class(full: str) -> type:
    found = _named(full)
    return found if inspect.isclass(found) else object


def _plain(value: Any) -> Any:
    """A value as it is told: a text, a number as text, a member of an enumeration that is no text."""
    if isinstance(value, Unknown | bool | None):
        return value
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value
    return str(value) if isinstance(value, str | int) else UNKNOWN


def _unformatted(text: Any) -> Any:
    """A text with `…` for what is put into it."""
    if not isinstance(text, str):
        return UNKNOWN
    while "{" in text and "}" in text:
        before, _, rest = text.partition("{")
        text = before + VARIES + rest.partition("}")[2]
    return text


def _joined(columns: Sequence[Sequence[Found]]) -> Iterator[Found]:
    """Texts one after the other; what is not known of them varies."""
    for row in product(*columns):
        if (chosen := _agreed(row)) is not None:
            text = "".join(value if isinstance(value, str) else VARIES for value, _ in row)
            while VARIES * 2 in text:
                text = text.replace(VARIES * 2, VARIES)
            yield text, frozenset(chosen.items())


def _once(found: Iterator[Found]) -> list[Found]:
    return list(dict.fromkeys(found)) or [NOTHING]


def _agreed(row: Sequence[Found], before: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """The choices of all, unless two chose differently."""
    chosen = dict(before or {})
    for key, value in (choice for _, choices in row for choice in choices):
        before = chosen.setdefault(key, value)
        if isinstance(before, Others) and before != value and value not in before.names:
            chosen[key] = value
        elif before != value and not (isinstance(value, Others) and before not in value.names):
            return None
    return chosen


def _modules(package: str) -> Iterator[ModuleType]:
    top = importlib.import_module(package)
    yield top
    for info in pkgutil.walk_packages(top.__path__, f"{package}."):
        if not info.name.endswith("__main__"):
            yield importlib.import_module(info.name)
