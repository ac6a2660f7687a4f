"""The floors of docs/house.md, checked over every import and every relation between models."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

FLOORS = {
    "common": 0,
    "accounts": 1,
    "patients": 2,
    "directory": 2,
    "scheduling": 3,
    "messaging": 3,
    "visits": 4,
    "interactions": 5,
    "reminders": 6,
    "desk": 7,
    "portal": 7,
    "api": 7,
    "crm": 8,
}
OURS = sorted(name for name in FLOORS if (settings.BASE_DIR / name).is_dir())


def _modules(app: str) -> list[Path]:
    return [path for path in (settings.BASE_DIR / app).rglob("*.py") if "migrations" not in path.parts]


def _imports(tree: ast.AST):
    """(app of ours, line) for each import of one of our apps."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module]
        yield from ((name.split(".")[0], node.lineno) for name in names if name.split(".")[0] in FLOORS)


def _may_use(app: str, other: str) -> bool:
    return app == other or FLOORS[other] < FLOORS[app]


def _sentence(app: str, other: str) -> str:
    return f"{app} (floor {FLOORS[app]}) must not know {other} (floor {FLOORS[other]}): only lower floors"


def test_every_app_of_ours_has_a_floor():
    installed = {config.name for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    assert installed <= set(FLOORS)


@pytest.mark.parametrize("app", OURS)
def test_an_app_imports_only_from_lower_floors(app):
    wrong = [
        f"{path.relative_to(settings.BASE_DIR)}:{line}: {_sentence(app, other)}"
        for path in _modules(app)
        for other, line in _imports(ast.parse(path.read_text(encoding="utf-8")))
        if not _may_use(app, other)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", OURS)
def test_a_relation_points_to_the_same_app_or_a_lower_floor(app):
    wrong = [
        f"{model.__name__}.{field.name}: {_sentence(app, field.related_model._meta.app_label)}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label == app
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if field.related_model._meta.app_label in FLOORS and not _may_use(app, field.related_model._meta.app_label)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", OURS)
def test_no_import_hides_inside_a_function(app):
    wrong = [
        f"{path.relative_to(settings.BASE_DIR)}:{line}: imports {other} inside a function; move the noun instead"
        for path in _modules(app)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for other, line in _imports(node)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", OURS)
def test_models_do_not_know_the_services_above_them(app):
    wrong = [
        str(path.relative_to(settings.BASE_DIR))
        for path in _modules(app)
        if "models" in (path.parent.name, path.stem) and f"{app}.services" in path.read_text(encoding="utf-8")
    ]
    assert not wrong, f"models import services in {wrong}"
