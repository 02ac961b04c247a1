"""Image → characters → differences.

Everything here is advice with a confidence; nothing here sets a value.

What callers use:

- `guards.open_pages(path)`: pages of a JPEG, PNG, TIFF or PDF behind limits; raises `guards.BadFile`.
- `sandbox.inspect(path, out_dir)`: the same in a child process with limits of memory and time, plus previews and
  identity; for every file from outside.
- `identify.identify(grey, dpi)`: which sheet it is, way up, A3 or A4; never raises on an image.
- `page.read_page(grey, dpi, subject)` → `PageReading`; `page_json.as_json(reading)` as `examday read --json` shows it;
  `page.field_boxes(reading)`: box of every field in px of the scan.
- `compare.compare_pages(original, copy, keyin)` → `Comparison`: differences with both boxes, slips named, agreement.
- `network.fingerprint()`: which weights read; `row_comparison.bound()`: below which agreement a field is shown.

The network is loaded at the first reading in a process: after a worker has forked, never before.
"""
