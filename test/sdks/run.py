"""Runs a command on the stack of a program in Python, on the real engine. The program runs in this process."""

import json
import os
import runpy
import sys

from pulumi import automation


def main(folder: str, stack_name: str, command: str, config: dict, file: str) -> None:
    def program() -> None:
        runpy.run_path(os.path.join(folder, file), run_name="__main__")

    stack = automation.create_or_select_stack(stack_name, project_name="python-example", program=program, work_dir=folder)
    for key, value in config.items():
        stack.set_config(key, automation.ConfigValue(value=value))
    if command == "destroy":
        stack.destroy(on_output=show)
        return
    result = stack.up(on_output=show)
    outputs = {name: {"value": output.value, "secret": output.secret} for name, output in result.outputs.items()}
    print(json.dumps({"outputs": outputs, "changes": result.summary.resource_changes}))


def show(text: str) -> None:
    print(text, file=sys.stderr)


main(sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4]), sys.argv[5])
