"""The exam day for candidates with special needs.

Importing any part of it first switches off other people's telemetry.

ONNX Runtime reports to its maker unless this variable is set before the library is loaded: it
keeps a device number in the user's home folder and sends events over the network. Its own switch
comes too late, after both were made. Every process of ours imports this package before any
library, so none can forget it (docs/security.md).
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
