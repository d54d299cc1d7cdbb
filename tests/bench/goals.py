"""How a figure stands against its goal."""


def verdict_on(figure: float, goal: float) -> str:
    """Whether a figure is at most its goal, in one word for the end of a line."""
    return "pass" if figure <= goal else f"OVER by {figure / goal - 1:.0%}"
