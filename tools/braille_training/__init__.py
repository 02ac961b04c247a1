"""Training of the Braille page network; never imported by the program."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before ONNX Runtime is loaded: docs/security.md
