"""FROM, JOIN and person IN (…): what a question ranges over. Joins are on the person, and only on the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from enclave.dp_queries.condition import flat
from enclave.dp_queries.people import People, people_of, person_only
from enclave.dp_queries.rules import refusal
from enclave.dp_queries.scope import Scope
from enclave.privacy.relation import Join, JoinKind, Relation, Table, columns_of_table, joined_columns
from enclave.terms.names import DatasetName
from enclave.terms.schema import Column, Unit

Tables = Mapping[DatasetName, Table]


@dataclass(kw_only=True)
class Sources:
    """What was read: the base, the joins, what their columns are called, and conditions that come with subqueries."""

    table: Table
    base: Relation | None
    joins: list[Join] = field(default_factory=list)
    names: dict[tuple[str, str], Column] = field(default_factory=dict)
    conditions: list[exp.Expr] = field(default_factory=list)

    def scope(self) -> Scope:
        """The names of everything joined."""
        columns = joined_columns((self.base or Relation(table=self.table)).columns, self.joins)
        tables = dict.fromkeys(str(table.schema.name) for table in [self.table, *(join.relation.table for join in self.joins)])
        row = "one person" if self.base is not None else self.table.schema.row
        return Scope(title=" and ".join(tables), row=row, names=self.names, columns=columns)


def dataset_names(select: exp.Select) -> tuple[DatasetName, ...]:
    """Every dataset the question names, the first of FROM first. Raises Q-08."""
    named = {one.alias.lower() for one in select.find_all(exp.CTE)}
    found: list[DatasetName] = []
    source = select.args.get("from_")
    if source is None:
        raise refusal("Q-08")
    for table in [*source.find_all(exp.Table), *select.find_all(exp.Table)]:
        if table.args.get("catalog"):
            raise refusal("Q-08")
        if not table.db and table.name.lower() in named:
            continue
        found.append(_name(table))
    for cte in select.find_all(exp.CTE):
        found += [_name(table) for table in cte.find_all(exp.Table) if table.db]
    if not found:
        raise refusal("Q-08")
    return tuple(dict.fromkeys(found))


def sources_of(select: exp.Select, tables: Tables) -> Sources:
    """Read FROM, JOIN and the cohorts of WHERE. Raises ``ResearcherError`` by numbered rule."""
    inner = {cte.alias.lower(): cte.this for cte in (select.args["with_"].expressions if select.args.get("with_") else ())}
    made = _first(select.args["from_"].this, tables, inner)
    for join in select.args.get("joins") or ():
        _join(made, join, tables, inner)
    where = select.args.get("where")
    for part in flat(where.this, exp.And) if where else []:
        _cohort(made, part, tables, inner)
    if made.joins:
        _check_same_people(made)
    return made


def _first(node: exp.Expr, tables: Tables, inner: dict[str, exp.Expr]) -> Sources:
    alias = str(node.alias_or_name).lower()
    found = _relation(node, tables, inner)
    if isinstance(found, People):
        made = Sources(table=found.relation.table, base=found.relation)
        made.names = {(alias, name): column for name, column in found.names.items()}
        made.conditions += _qualified(found.having, alias)
        return made
    made = Sources(table=found, base=None)
    made.names = {(alias, name): column for name, column in columns_of_table(found).items()}
    return made


def _join(made: Sources, node: exp.Join, tables: Tables, inner: dict[str, exp.Expr]) -> None:
    side = str(node.args.get("side") or "").upper()
    if node.args.get("method") or side not in {"", "LEFT"} or str(node.args.get("kind") or "INNER").upper() not in {"INNER", "OUTER"}:
        raise refusal("Q-23")
    if not _on_person(node):
        raise refusal("Q-23")
    alias = str(node.this.alias_or_name).lower()
    if not alias or alias in {source for source, _ in made.names}:
        raise refusal("Q-06", thing="Two sources of the same name", instead="Name them with AS.")
    found = _relation(node.this, tables, inner)
    kind = JoinKind.LEFT if side == "LEFT" else JoinKind.INNER
    if isinstance(found, People):
        if found.having is not None and kind is JoinKind.LEFT:
            raise refusal("Q-06", thing="HAVING in a question that is joined by LEFT JOIN", instead="Use JOIN, or a condition outside.")
        _add(made, alias, Join(kind=kind, relation=found.relation), found.names)
        made.conditions += _qualified(found.having, alias)
    else:
        _add(made, alias, Join(kind=kind, relation=Relation(table=found)), columns_of_table(found))


def _add(made: Sources, alias: str, join: Join, names: Mapping[str, Column]) -> None:
    made.joins.append(join)
    place, left = len(made.joins), join.kind is JoinKind.LEFT
    for name, column in names.items():
        made.names[(alias, name)] = replace(column, name=f"j{place}__{column.name}", missing=column.missing or left)


def _qualified(test: exp.Expr | None, alias: str) -> list[exp.Expr]:
    """HAVING of a subquery as a condition on its lines outside, its columns named with their source."""
    if test is None:
        return []
    named = test.copy()
    for column in named.find_all(exp.Column):
        column.set("table", exp.to_identifier(alias))
    return [named]


def is_cohort(node: exp.Expr) -> bool:
    """Whether a part of WHERE asks for people who are, or are not, among others."""
    inside = node.this if isinstance(node, exp.Not) else node
    while isinstance(inside, exp.Paren):
        inside = inside.this
    return isinstance(inside, exp.In) and person_only(inside.this) and bool(inside.args.get("query"))


def _cohort(made: Sources, node: exp.Expr, tables: Tables, inner: dict[str, exp.Expr]) -> None:
    if not is_cohort(node):
        return
    negated, inside = isinstance(node, exp.Not), node.this if isinstance(node, exp.Not) else node
    while isinstance(inside, exp.Paren):
        inside = inside.this
    query = inside.args["query"]
    found = _relation(query if isinstance(query, exp.Subquery) else exp.Subquery(this=query), tables, inner)
    if not isinstance(found, People):
        raise refusal("Q-24")
    if found.having is None:
        plain = replace(found.relation, features=())
        made.joins.append(Join(kind=JoinKind.NOT_AMONG if negated else JoinKind.AMONG, relation=plain))
        return
    if negated:
        raise refusal("Q-06", thing="NOT IN with HAVING", instead="Turn the condition round inside, and use IN.")
    alias = f"cohort_{len(made.joins) + 1}"
    _add(made, alias, Join(kind=JoinKind.INNER, relation=found.relation), found.names)
    made.conditions += _qualified(found.having, alias)


def _relation(node: exp.Expr, tables: Tables, inner: dict[str, exp.Expr]) -> People | Table:
    if isinstance(node, exp.Table) and not node.db and node.name.lower() in inner:
        node = exp.Subquery(this=inner[node.name.lower()])
    if isinstance(node, exp.Table):
        if node.args.get("joins") or node.args.get("sample") or node.args.get("pivots"):
            raise refusal("Q-08")
        return _table(node, tables)
    select = node.this if isinstance(node, exp.Subquery) else None
    if not isinstance(select, exp.Select) or not isinstance(getattr(select.args.get("from_"), "this", None), exp.Table):
        raise refusal("Q-24")
    return people_of(select, _table(select.args["from_"].this, tables))


def _on_person(node: exp.Join) -> bool:
    using = node.args.get("using")
    if using:
        return len(using) == 1 and str(using[0].name).lower() == "person"
    on = node.args.get("on")
    while isinstance(on, exp.Paren):
        on = on.this
    return isinstance(on, exp.EQ) and person_only(on.this) and person_only(on.expression)


def _check_same_people(made: Sources) -> None:
    for join in made.joins:
        other = join.relation.table
        if Unit.ROW in {other.schema.unit, made.table.schema.unit}:
            row = other if other.schema.unit is Unit.ROW else made.table
            raise refusal("Q-22", dataset=str(row.schema.name))
        if other.population != made.table.population:
            raise refusal("Q-26", dataset=str(made.table.schema.name), other=str(other.schema.name))


def _table(node: exp.Table, tables: Tables) -> Table:
    found = tables.get(_name(node))
    if found is None:
        raise refusal("Q-08")
    return found


def _name(table: exp.Table) -> DatasetName:
    try:
        return DatasetName(agency=table.db.lower(), dataset=table.name.lower())
    except ValueError:
        raise refusal("Q-08") from None
