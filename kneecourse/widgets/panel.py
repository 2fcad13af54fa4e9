"""Cards that only show: red flags, tables, sources, words to remember. Plain data with a text twin."""

import traitlets

from kneecourse.widgets.remembering import Remembering, module, plain, wrapped


class Panel(Remembering):
    """A card of blocks, each a dict with a ``kind`` that panel.js knows."""

    _esm = module("panel")
    frame = traitlets.Bytes().tag(sync=True)

    def __init__(self, kicker, title, blocks, *, frame=b""):
        super().__init__(
            lesson="course",
            items=(),
            sheet={"kicker": kicker, "title": title, "blocks": blocks},
            twin="\n\n".join(filter(None, [wrapped(plain(title)), *map(_as_text, blocks)])),
            picture=frame or None,
            frame=frame,
        )


def _as_text(block):
    match block["kind"]:
        case "p" | "foot":
            return wrapped(plain(block["text"]))
        case "flag":
            return "\n".join(wrapped(f"! {lead} {plain(text)}") for lead, text in block["rows"])
        case "list":
            return "\n".join(wrapped(f"- {plain(text)}") for text in block["rows"])
        case "terms":
            return "\n".join(wrapped(f"{term}: {means}") for term, means in block["rows"])
        case "links":
            return "\n".join(
                wrapped(f"- {text}{f' {href}' if href else ''}") for _, text, href in block["rows"]
            )
        case "lessons":
            return "\n".join(
                wrapped(f"- {row['title']}: {row['question']} ({row['state']})") for row in block["rows"]
            )
        case "folded":
            return _as_text(block["block"])
        case "picture":
            return wrapped(plain(block["alt"]))
        case "table":
            head = block["head"]
            rows = (
                "; ".join(f"{name}: {plain(cell)}" for name, cell in zip(head, row, strict=True) if cell)
                for row in block["rows"]
            )
            return "\n".join([block["caption"], *(wrapped(f"- {row}") for row in rows)])
