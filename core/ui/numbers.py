"""The numbers under the picture: each metric with its good range, as a table.

HTML and not Markdown: the browser parses Markdown anew at every change, which costs a redraw 6 ms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

Metrics = Mapping[str, float]
# Written otherwise than they are called.
WORDS = {"frechet": "Fréchet", "lr": "rate", "ml": "maximum likelihood", "tsne": "t-SNE"}
UPPER = ("cnn", "mlp", "js", "kl", "sd", "swd", "mmd", "elbo", "iwae", "pca", "vae", "d", "g")
WORDS |= {short: short.upper() for short in UPPER}


def reached(metrics: Metrics, steps: int | None) -> dict[str, float]:
    """The metrics; NaN for each ``steps_to`` that is more than all the steps there are."""
    most = math.inf if steps is None else steps
    return {
        name: math.nan if name.startswith("steps_to") and value > most else value
        for name, value in metrics.items()
    }


def metrics_table(
    now: Metrics, old: Metrics | None, good: Mapping[str, str], names: Mapping[str, str]
) -> str:
    """The metrics as HTML: a row each, then ``loss/adam`` as row adam, column loss.

    now: NaN is said to be not reached. old: those of a pinned run. good: what is good, by metric.
    names: words for ``adam``.
    """
    plain = {name: value for name, value in now.items() if "/" not in name}
    tables = []
    if plain:
        tables.append(_rows(plain, old, good))
    if len(plain) < len(now):
        tables.append(_pivot(now, old, good, names))
    return f'<div class="numbers">{"".join(tables)}</div>'


def _rows(now: Metrics, old: Metrics | None, good: Mapping[str, str]) -> str:
    heads = ["measure", "now", *(["pinned"] if old else []), "good is"]
    rows = []
    for name, value in now.items():
        values = [_number(value), *([_number(old.get(name))] if old else [])]
        rows.append(_row(_title(name), values, good.get(name, "")))
    return _table(heads, rows)


def _pivot(
    now: Metrics, old: Metrics | None, good: Mapping[str, str], names: Mapping[str, str]
) -> str:
    whats = list(dict.fromkeys(name.partition("/")[0] for name in now if "/" in name))
    whose = list(dict.fromkeys(name.partition("/")[2] for name in now if "/" in name))
    rows = []
    for who in whose:
        title = names.get(who, _title(who))
        rows.append(_row(title, [_number(now.get(f"{what}/{who}")) for what in whats]))
        if old:
            values = [_number(old.get(f"{what}/{who}")) for what in whats]
            rows.append(_row(f"{title}, pinned", values))
    said = " ".join(f"{_title(what)}: {good[what]}." for what in whats if what in good)
    table = _table(["", *(_title(what) for what in whats)], rows)
    return table + (f"<small>{escape(said)}</small>" if said else "")


def _table(heads: list[str], rows: list[str]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _row(title: str, values: list[str], good: str | None = None) -> str:
    cells = "".join(f'<td class="value">{escape(value)}</td>' for value in values)
    last = "" if good is None else f"<td>{escape(good)}</td>"
    return f'<tr><th scope="row">{escape(title)}</th>{cells}{last}</tr>'


def _title(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").split(" ")
    title = " ".join(WORDS.get(word, word) for word in words)
    return title if title[:2] == "t-" else title[:1].upper() + title[1:]


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if math.isnan(value):
        return "not reached"
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e6 else f"{value:.4g}"
