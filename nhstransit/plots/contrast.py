"""The contrast of colours, and shades of a colour that can be read."""

from __future__ import annotations

from matplotlib.colors import to_hex, to_rgb

LEAST_CONTRAST = 4.5  # of text with its background: Web Content Accessibility Guidelines 2.2, level AA


def contrast(one: str, other: str = "#FFFFFF") -> float:
    """The contrast of two colours, from 1 to 21, as the Web Content Accessibility Guidelines define it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str) -> str:
    """A colour for text on white: the colour itself, or its lightest darker shade that is readable."""
    shade = 1.0
    made = colour
    while contrast(made) < LEAST_CONTRAST:
        shade -= 0.02
        red, green, blue = to_rgb(colour)
        made = to_hex((shade * red, shade * green, shade * blue))
    return made


def _luminance(colour: str) -> float:
    # The guidelines' conversion from sRGB to linear light, which is a straight line for dark colours.
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
