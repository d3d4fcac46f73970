"""Common subexpressions of all outputs at once, ordered into straight-line code and loops over node tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import mpmath
import sympy as sp

from codegen.exponentials import share_exponentials
from codegen.functions import expand_composites
from codegen.nodes import NodeSum, NodeTable

Assignment = tuple[sp.Symbol, sp.Expr]


@dataclass
class Loop:
    """One pass over a node table that accumulates several sums."""

    table: NodeTable
    accumulators: list[sp.Symbol] = field(default_factory=list)
    statements: list[Assignment] = field(default_factory=list)
    terms: list[sp.Expr] = field(default_factory=list)


@dataclass
class Schedule:
    """Straight-line code and loops in the order of execution, and the outputs at the end."""

    steps: list[Assignment | Loop]
    outputs: list[sp.Expr]

    @property
    def tables(self) -> list[NodeTable]:
        """The tables in use."""
        return [step.table for step in self.steps if isinstance(step, Loop)]

    def restricted(self, kept_outputs: slice) -> Schedule:
        """The same schedule for some of the outputs alone, without what only the others need."""
        outputs = self.outputs[kept_outputs]
        needed = set().union(*(e.free_symbols for e in outputs))
        steps: list[Assignment | Loop] = []
        for step in reversed(self.steps):
            if isinstance(step, Loop):
                kept = [(n, e) for n, e in zip(step.accumulators, step.terms, strict=True) if n in needed]
                if not kept:
                    continue
                needed.update(*(e.free_symbols for _, e in kept))
                body: list[Assignment] = []
                for symbol, expr in reversed(step.statements):
                    if symbol in needed:
                        needed |= expr.free_symbols
                        body.insert(0, (symbol, expr))
                steps.insert(0, Loop(step.table, [n for n, _ in kept], body, [e for _, e in kept]))
            elif step[0] in needed:
                needed |= step[1].free_symbols
                steps.insert(0, step)
        return Schedule(steps, outputs)

    @property
    def operations(self) -> int:
        """Operations per element, loops counted once for each node of the float64 table."""
        total = sum(int(e.count_ops()) for e in self.outputs)
        for step in self.steps:
            if isinstance(step, Loop):
                body = sum(int(e.count_ops()) for _, e in step.statements) + sum(
                    int(e.count_ops()) + 1 for e in step.terms
                )
                total += body * len(step.table.float64)
            else:
                total += int(step[1].count_ops())
        return total


Guard = tuple[sp.Basic, bool]
"""A condition of a piecewise expression, and whether it holds."""


def loop_guards(plan: Schedule) -> dict[str, list[Guard]]:
    """What holds wherever the sums of a loop matter, by the name of its table; the conditions precede the loops.

    A loop whose sums only one branch of a piecewise expression uses needs no pass where nothing takes that branch.
    """
    uses: dict[sp.Basic, frozenset[Guard]] = {}

    def visit(expr: sp.Basic, given: frozenset[Guard]) -> None:
        if isinstance(expr, sp.Symbol):
            uses[expr] = uses.get(expr, given) & given
        elif isinstance(expr, sp.Piecewise):
            for value, condition in expr.args:
                visit(condition, given)
                visit(value, given | {(condition, True)} if condition != sp.true else given)
                given |= {(condition, False)}
        else:
            for argument in expr.args:
                visit(argument, given)

    for output in plan.outputs:
        visit(output, frozenset())
    loops: dict[str, frozenset[Guard]] = {}
    later: set[sp.Symbol] = set()
    for step in reversed(plan.steps):
        if isinstance(step, Loop):
            given = frozenset.intersection(*(uses[name] for name in step.accumulators))
            loops[step.table.name] = given
            later.update(step.accumulators)
            for expr in (*step.terms, *(e for _, e in reversed(step.statements))):
                visit(expr, given)
        else:
            visit(step[1], uses.get(step[0], frozenset()))
            if not loops:
                later.add(step[0])
    return {
        name: sorted((g for g in given if not g[0].free_symbols & later), key=lambda g: sp.default_sort_key(g[0]))
        for name, given in loops.items()
    }


def fold(expr: sp.Basic) -> sp.Basic:
    """Evaluate numeric subexpressions, so that they are constants of the code and not operations."""
    if isinstance(expr, sp.Symbol) or expr.is_Rational or isinstance(expr, NodeSum) or not expr.args:
        return sp.Float(sp.N(expr, 30), 30) if expr.is_number and not expr.is_Rational else expr
    if expr.is_number:
        return sp.Float(sp.N(expr, 30), 30)
    if isinstance(expr, sp.Pow):
        return sp.Pow(fold(expr.base), expr.exp)
    if isinstance(expr, sp.Add | sp.Mul):
        numbers = [a for a in expr.args if a.is_number]
        rest = [fold(a) for a in expr.args if not a.is_number]
        return expr.func(*rest, fold(expr.func(*numbers))) if numbers else expr.func(*rest)
    return expr.func(*(fold(a) for a in expr.args))


class _Columns:
    """Gathers subexpressions of a loop's body that are constant in each row, and makes columns of them."""

    def __init__(self, table: NodeTable) -> None:
        self.table = table
        self.extra: dict[sp.Symbol, sp.Expr] = {}
        self._known: dict[tuple[str, ...], sp.Symbol] = {}

    def hoist(self, expr: sp.Basic) -> sp.Basic:
        """``expr`` with every largest subexpression of columns alone replaced by one column."""
        if isinstance(expr, sp.Symbol) or not expr.free_symbols & set(self.table.symbols):
            return expr
        if self._constant(expr):
            return self._column(expr)
        if isinstance(expr, sp.Add | sp.Mul):
            fixed = [a for a in expr.args if self._constant(a) or a.is_number]
            rest = [self.hoist(a) for a in expr.args if a not in fixed]
            return expr.func(self.hoist(expr.func(*fixed)), *rest)
        return expr.func(*(self.hoist(a) for a in expr.args))

    def _column(self, expr: sp.Expr) -> sp.Symbol:
        """The column of ``expr``, the same one for expressions that have the same values."""
        function = sp.lambdify(self.table.symbols, expr, "mpmath")
        with mpmath.workdps(30):
            values = (function(*map(mpmath.mpf, row)) for row in self.table.float64[:: len(self.table.float64) // 4])
            signature = tuple(mpmath.nstr(mpmath.mpf(v), 22) for v in values)
        if signature not in self._known:
            symbol = sp.Symbol(f"{self.table.name}_c{len(self.extra)}", real=True)
            self._known[signature], self.extra[symbol] = symbol, expr
        return self._known[signature]

    def _constant(self, expr: sp.Basic) -> bool:
        return bool(expr.free_symbols) and expr.free_symbols <= set(self.table.symbols)

    def extended(self, used: set[sp.Symbol]) -> NodeTable:
        """The table with the gathered columns, without those that nothing refers to."""
        table = self.table
        columns = [*zip(table.symbols, table.columns, strict=True)]
        functions = {s: sp.lambdify(table.symbols, s, "mpmath") for s in table.symbols}
        for symbol, expr in self.extra.items():
            columns.append((symbol, symbol.name.removeprefix(f"{table.name}_")))
            functions[symbol] = sp.lambdify(table.symbols, expr, "mpmath")
        kept = [(symbol, name) for symbol, name in columns if symbol in used]

        def rows(source: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
            with mpmath.workdps(30):
                exact = [[mpmath.mpf(c) for c in row] for row in source]
                return tuple(tuple(float(functions[symbol](*row)) for symbol, _ in kept) for row in exact)

        return NodeTable(table.name, tuple(n for _, n in kept), rows(table.float64), rows(table.float32))


class Invariants:
    """Moves what does not depend on the symbols ``inside`` out of expressions: of loops, what is one for all rows."""

    def __init__(self, inside: set[sp.Symbol], prefix: str = "h") -> None:
        self._inside, self._prefix = inside, prefix
        self._names: dict[sp.Expr, sp.Symbol] = {}
        self._known: dict[sp.Basic, bool] = {}

    @property
    def moved(self) -> list[Assignment]:
        """The statements to execute before the loops."""
        return [(symbol, expr) for expr, symbol in self._names.items()]

    def move(self, expr: sp.Basic) -> sp.Basic:
        """``expr`` with its largest invariant parts replaced by symbols."""
        if isinstance(expr, sp.Symbol):
            return expr
        if not self._varies(expr) and not isinstance(expr, sp.functions.elementary.piecewise.ExprCondPair):
            return self._name(expr) if expr.free_symbols else expr
        if isinstance(expr, sp.Add | sp.Mul):
            fixed = [a for a in expr.args if not self._varies(a)]
            rest = [self.move(a) for a in expr.args if a not in fixed]
            return expr.func(self._name(expr.func(*fixed)), *rest)
        return expr.func(*(self.move(a) for a in expr.args))

    def _varies(self, expr: sp.Basic) -> bool:
        """Whether an expression depends on what is inside; asked of every part of it, so that answers are kept."""
        found = self._known.get(expr)
        if found is None:
            found = self._known[expr] = expr in self._inside or any(map(self._varies, expr.args))
        return found

    def _name(self, expr: sp.Expr) -> sp.Expr:
        if expr.is_number or isinstance(expr, sp.Symbol) or (isinstance(expr, sp.Mul) and isinstance(-expr, sp.Symbol)):
            return expr
        return self._names.setdefault(expr, sp.Symbol(f"{self._prefix}{len(self._names)}", real=True))


def schedule(outputs: Iterable[sp.Expr]) -> Schedule:
    """Joint common-subexpression elimination of ``outputs``, with sums over the same table in one loop."""
    outputs = list(outputs)
    sums = sorted({n for e in outputs for n in e.atoms(NodeSum)}, key=sp.default_sort_key)
    names = {n: sp.Symbol(f"sum{i}", real=True) for i, n in enumerate(sums)}
    columns = {n.table.name: _Columns(n.table) for n in sums}
    flat = [fold(expand_composites(e.xreplace(names))) for e in outputs]
    bodies = [columns[n.table.name].hoist(fold(expand_composites(n.body))) for n in sums]
    later = set(names.values()).union(*({*c.table.symbols, *c.extra} for c in columns.values()))
    exponentials, shared = share_exponentials([*bodies, *flat], later)
    statements, reduced = sp.cse(shared, symbols=sp.numbered_symbols("x", real=True))
    bodies, finals = reduced[: len(sums)], reduced[len(sums) :]

    used = {f for e in (*bodies, *(e for _, e in statements)) for f in e.free_symbols}
    loops = {name: Loop(found.extended(used)) for name, found in columns.items()}
    for n, body in zip(sums, bodies, strict=True):
        loops[n.table.name].accumulators.append(names[n])
        loops[n.table.name].terms.append(body)

    inside = {symbol: name for name, loop in loops.items() for symbol in loop.table.symbols}
    before: list[Assignment] = [*exponentials]
    after: list[Assignment] = []
    late = set(names.values())
    for symbol, expr in statements:
        owners = {inside[f] for f in expr.free_symbols if f in inside}
        if owners:
            (owner,) = owners  # a product of columns of two tables cannot arise from single sums
            inside[symbol] = owner
            loops[owner].statements.append((symbol, expr))
        elif expr.free_symbols & late:
            late.add(symbol)
            after.append((symbol, expr))
        else:
            before.append((symbol, expr))
    outside = Invariants(set(inside))
    for loop in loops.values():
        loop.statements = [(symbol, outside.move(expr)) for symbol, expr in loop.statements]
        loop.terms = [outside.move(expr) for expr in loop.terms]
    return Schedule([*before, *outside.moved, *loops.values(), *after], list(finals))
