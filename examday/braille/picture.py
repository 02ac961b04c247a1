"""What the network sees: a grey picture with its lighting taken out.

One function serves training and reading, so that the two can never drift apart.
"""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.float32]

_LOCAL_MEAN_PX = 41
"""A little more than one cell (33 px high in the network's scale): a smaller window would take the
dots for lighting."""
_LOCAL_SPREAD_PX = 129
"""Some four cells: the strength of dots is alike over them, the light is not over a page."""
_KNEE = 24.0
"""Grey levels: stronger edges (page border, printed letters) are bent down, or a line of print
would drown the dots."""
_NOISE_FLOOR = 2.0
"""Grey levels: empty paper must not be blown up into dots."""


def even_light(grey: Grey) -> Plane:
    """Turn a grey picture (H×W, 0–255) into local contrast (H×W, about unit spread around a dot).

    The local mean goes first (shadow, slope of light), then strong edges are bent down, then the
    result is divided by the local spread, so that dots under diffuse light come out nearly as
    strong as dots under raking light.
    """
    picture = grey.astype(np.float32)
    local = picture - cv2.blur(
        picture, (_LOCAL_MEAN_PX, _LOCAL_MEAN_PX), borderType=cv2.BORDER_REFLECT
    )
    local /= 1.0 + np.abs(local) / _KNEE
    window = (_LOCAL_SPREAD_PX, _LOCAL_SPREAD_PX)
    spread = cv2.blur(local * local, window, borderType=cv2.BORDER_REFLECT)
    return np.asarray(local / np.sqrt(spread + _NOISE_FLOOR**2), dtype=np.float32)
