"""The lifecycle tables as diagrams, so that docs/lifecycles.md can never say something else than the code."""

from cases.states import TABLES, Table


def diagram(table: Table) -> str:
    """A Mermaid state diagram of one table; gates stand beside the verb that they guard."""
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(table.states))}"]
    for move in table.transitions:
        gates = f" [{', '.join(move.gates)}]" if move.gates else ""
        lines += [f"    {source} --> {move.target}: {move.verb}{gates}" for source in move.sources]
    lines += [f"    {state.name} --> [*]" for state in table.states.values() if state.ends]
    return "\n".join(lines)


def page() -> str:
    """docs/lifecycles.md, whole."""
    parts = [
        "# The lifecycles",
        "Drawn from `cases/states.py` by `manage.py draw_lifecycles`; a test keeps the two equal. "
        "What a gate asks stands in `cases/gates.py`.",
    ]
    for table in TABLES:
        owners = [f"| {state.name} | {state.owner} |" for state in table.states.values()]
        parts += [
            f"## {table.name}",
            f"```mermaid\n{diagram(table)}\n```",
            "\n".join(["| state | moves next |", "|---|---|", *owners]),
        ]
    return "\n\n".join(parts) + "\n"
