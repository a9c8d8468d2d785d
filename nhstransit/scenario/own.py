"""A user's own classes in a scenario file: given by import path, and imported only if the caller allows it.

A scenario file is text that may come from anyone, and importing a module runs its code. So a file alone never runs
code: the caller who loads it must allow it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs

from nhstransit import toml
from nhstransit.behaviour import Behaviour
from nhstransit.behaviour.models import check_model
from nhstransit.errors import CodeError, FormatError, InputError, Mistakes, ScenarioError, nearest, shown
from nhstransit.grammar import Policy
from nhstransit.policies import POLICIES


def imported(place: str, path: str, folder: Path | None, *, allow_code: bool) -> type[Any]:
    """The class at an import path such as "schemes:PhasedRetirement".

    Modules beside the scenario's file are found as well as installed ones. `folder` then stays on the search path, so
    that worker processes find them too.

    Args:
        place: the dotted path of the key, for errors.
        path: the import path, "module:Class".
        folder: the folder of the scenario's file, if there is one.
        allow_code: whether the class may be imported.

    Raises:
        CodeError: if code is not allowed, if the module or class does not exist, or if it is not an attrs class.
    """
    if not allow_code:
        right = "load it with allow_code=True (--allow-code), if you trust the file"
        raise CodeError(place, f"names code outside nhstransit ({path}), which runs only if you allow it", right)
    # The folder is put at the end of the search path, so that its files cannot take the place of installed modules.
    module, _, name = path.partition(":")
    if folder is not None and str(folder) not in sys.path:
        sys.path.append(str(folder))
    try:
        found: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        right = 'write "module:Class", with the module beside the scenario file or installed'
        raise CodeError(place, f"names {path!r}, which cannot be imported ({error})", right) from None
    if not (isinstance(found, type) and attrs.has(found)):
        raise CodeError(place, f"names {path!r}, which is not an attrs class", "decorate it with @attrs.frozen")
    return found


def import_path(kind: type[Any]) -> str | None:
    """The path by which a class can be imported again, or None for a class made in a function or at a prompt."""
    name = f"{kind.__module__}:{kind.__qualname__}"
    # A full stop in the qualified name is for a class within a function or another class.
    if kind.__module__ == "__main__" or "." in kind.__qualname__ or not attrs.has(kind):
        return None
    # The name may meanwhile belong to another class, for example after a module was loaded again.
    module = sys.modules.get(kind.__module__)
    return name if getattr(module, kind.__qualname__, None) is kind else None


def policies_of(tables: Any, folder: Path | None, *, allow_code: bool) -> toml.InOrder[Policy]:
    """The policies by name. `type` gives the class, and may be omitted if the policy's name is also a type.

    Args:
        tables: the tables of the file.
        folder: the folder of the scenario's file, if there is one.
        allow_code: whether the user's own classes may be imported.
    """
    if not isinstance(tables, Mapping):
        raise FormatError("policies", "is not a table", "write [policies.mars] and the like")
    mistakes = Mistakes()
    policies = dict[str, Policy]()
    for place, (name, table) in enumerate(tables.items()):
        with mistakes.noted(place):
            policies[name] = _policy(name, table, folder, allow_code=allow_code)
    mistakes.tell()
    return toml.InOrder(policies)


def _policy(name: str, table: Any, folder: Path | None, *, allow_code: bool) -> Policy:
    """One policy, from its table."""
    place = f"policies.{name}"
    if not isinstance(table, Mapping):
        raise FormatError(place, f"is {shown(table)}", "write a table")
    fields = dict(table)
    kind = fields.pop("type", name)
    if isinstance(kind, str) and ":" in kind:
        model: type[Any] = imported(f"{place}.type", kind, folder, allow_code=allow_code)
    elif isinstance(kind, str) and kind in POLICIES:
        model = POLICIES[kind]
    else:
        right = f'{nearest(str(kind), POLICIES)}; or a class of your own as "module:Class"'
        raise ScenarioError(f"{place}.type", f"is {shown(kind)}", right)
    policy: Policy = _made(place, fields, model)
    return policy


def behaviour_of(tables: Any, folder: Path | None, *, allow_code: bool) -> Behaviour:
    """The behaviour. Each model is the library's own, with the given parameters, or of the class in its `type`.

    Args:
        tables: the tables of the file.
        folder: the folder of the scenario's file, if there is one.
        allow_code: whether the user's own classes may be imported.
    """
    if not isinstance(tables, Mapping):
        raise FormatError("behaviour", "is not a table", "write [behaviour.departures] and the like")
    # Models of the user's own are made one by one, because their classes are known only from `type`. All other models are
    # then made together, as the fields of `Behaviour`.
    mistakes = Mistakes()
    rest = dict(tables)
    own = {}
    models: Behaviour = Behaviour()
    for name, table in tables.items():
        if isinstance(table, Mapping) and "type" in table and name in _models():
            place = f"behaviour.{name}"
            fields = dict(table)
            kind = fields.pop("type")
            del rest[name]
            with mistakes.noted():
                if not isinstance(kind, str) or ":" not in kind:
                    right = 'name a class of your own as "module:Class"'
                    raise ScenarioError(f"{place}.type", f"is {shown(kind)}", right)
                own[name] = _made(place, fields, imported(f"{place}.type", kind, folder, allow_code=allow_code))
                check_model(name, own[name])
    with mistakes.noted():
        models = _made("behaviour", rest, Behaviour)
    mistakes.tell()
    return attrs.evolve(models, **own)


def written_policies(policies: Mapping[str, Policy]) -> dict[str, Any]:
    """The tables of policies. Raises ScenarioError for a policy whose class cannot be written in a file."""
    kinds = {kind: name for name, kind in POLICIES.items()}
    tables = {}
    for name, policy in policies.items():
        kind = kinds.get(type(policy)) or _named(f"policies.{name}", policy)
        tables[name] = {"type": kind, **_fields(policy)}
    return tables


def _fields(policy: Policy) -> dict[str, Any]:
    """The fields of a policy as TOML has them, without a random-stream key that defaults to its name."""
    fields: dict[str, Any] = dict(toml.unstructure(policy))
    if fields.get("luck") == "":
        del fields["luck"]
    return fields


def written_behaviour(behaviour: Behaviour) -> dict[str, Any]:
    """The tables of a behaviour. Raises ScenarioError for a model whose class cannot be written in a file."""
    tables = dict(toml.unstructure(behaviour))
    for name, kind in _models().items():
        model = getattr(behaviour, name)
        if type(model) is not kind:
            tables[name] = {"type": _named(f"behaviour.{name}", model), **toml.unstructure(model)}
    return tables


def _models() -> dict[str, Any]:
    """The library's own class for each model of a behaviour."""
    fields = attrs.fields(attrs.resolve_types(Behaviour))
    return {field.name: field.type for field in fields if field.type and attrs.has(field.type)}


def _made(place: str, fields: Mapping[str, Any], kind: type[Any]) -> Any:
    try:
        return toml.structure(fields, kind)
    except InputError as error:
        raise error.within(place) from None


def _named(place: str, thing: Any) -> str:
    """The import path of the class of `thing`, if it has one."""
    # The class must be found again, and the fields must be values that a file can contain.
    path = import_path(type(thing))
    try:
        toml.dumps({"thing": toml.unstructure(thing)})
    except (TypeError, ValueError, AttributeError):
        path = None
    if path is None:
        wrong = f"is a {type(thing).__name__}, which cannot be written in a scenario file"
        raise ScenarioError(place, wrong, "define it in a module of its own, with fields that TOML can contain")
    return path
