"""How severe a harm is by its scale, scope and irremediability (UNGP 14)."""


def computed(*, scale: int, scope: int, irremediability: int, imminent: bool) -> str:
    """The level of a harm as `cases.states.Severity` names it, each part from 1 to 5; ``imminent``: it is about to
    happen to somebody. The floor of the codes (`cases.states.floor_of`) is another matter."""
    worst = max(scale, irremediability)
    if imminent or worst == 5:
        return "critical"
    if worst == 4 or (scale == 3 and scope >= 4):
        return "high"
    return "medium" if worst == 3 else "low"
