#!/usr/bin/env python3
"""Renders conversations.json through both templates with Jinja2 and writes expected.json. See README.md."""
import json
import pathlib

import jinja2

here = pathlib.Path(__file__).parent
environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, loader=jinja2.FileSystemLoader(here), keep_trailing_newline=True)
conversations = json.loads((here / "conversations.json").read_text(encoding="utf-8"))
expected = {
    name: {
        case: environment.get_template(f"{name}.jinja").render(messages=messages, bos_token="<bos>", eos_token="<eos>", add_generation_prompt=True)
        for case, messages in conversations.items()
    }
    for name in ("kindling", "gemma4-launch")
}
(here / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
