"""What the documentation site makes from the code when it is built: the API reference, from the description of the API."""

import os
from typing import Any


def on_page_markdown(markdown: str, page: Any, **_named: Any) -> str:
    """Fill the places that the code fills."""
    return markdown.replace("<!-- api -->", _api()) if page.file.src_uri == "api.md" else markdown


def _api() -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openclear.config.settings.officer")
    import django

    django.setup()
    from openclear.api.routes import api

    described = api.get_openapi_schema()
    return "\n".join(_path(path, item["get"], described) for path, item in sorted(described["paths"].items()))


def _path(path: str, act: dict[str, Any], described: dict[str, Any]) -> str:
    rows = [
        f"| `{item['name']}` | {'yes' if item.get('required') else ''} | {_words(item['schema'])} |"
        for item in act.get("parameters", [])
    ]
    table = "\n".join(["| parameter | needed | meaning |", "|---|---|---|", *rows])
    return f"\n## GET {path}\n{act['summary']}. {act['description']}\n\n{table}\n\nAnswers {_answered(act, described)}.\n"


def _answered(act: dict[str, Any], described: dict[str, Any]) -> str:
    content = act["responses"][200]["content"]
    if "application/json" not in content:
        return f"a file: {', '.join(content)}"
    told = content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    return ", ".join(f"`{name}`" for name in described["components"]["schemas"][told]["properties"])


def _words(schema: dict[str, Any]) -> str:
    words = [schema.get("description", "")]
    if "examples" in schema:
        words.append(f"such as `{schema['examples'][0]}`")
    if "enum" in schema:
        words.append("one of " + ", ".join(f"`{value}`" for value in schema["enum"] if value))
    return ", ".join(word for word in words if word)
