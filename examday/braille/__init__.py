"""Braille: cells first, then text.

- `cells`: `Cell`, dots and the lossless formats (Unicode, Braille ASCII, dot numbers); `recognise` tells a pasted one.
- `languages.encode_in` / `languages.readings_in`: text → cells, cells → all readings; Russian in `encode`, `decode`.
- `page.read(grey, verso=False, weights="pages") -> BraillePage`: a picture → lines of cells with doubt.
- `answers.split(lines)`, `answers.compare_all(typed, answers)`: task by task against the machine's cells;
  `compare.compare(text, cells)` for one answer, `running.compare_running(text, pages)` for long ones.
- `render.render(lines, look)`: pictures of pages for practice and tests; `samples.answers` what to write on them.

The machine's reading is advice for comparing, never a value, and is not shown before a person has
entered their own.
"""
