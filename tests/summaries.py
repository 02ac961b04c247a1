"""What the summary of a refused form promises: each of its links leads to the entry that is wrong."""

import re
from typing import Any


def check_summary(answer: Any) -> None:
    """Fail where a link leads nowhere, or to an entry that does not say itself that it is wrong."""
    page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
    start = page.find('<section class="error-summary"')
    if start < 0:
        return
    for name in re.findall(r'href="#([^"]*)"', page[start : page.index("</section>", start)]):
        found = re.search(rf'<(\w+)\b[^>]*?\sid="{re.escape(name)}"[^>]*>', page)
        assert found, f"the summary leads to #{name}, which is not on the page"
        # Of radio buttons the group says it, and a section is read from its heading on.
        alone = found[1] in ("input", "select", "textarea") and 'type="radio"' not in found[0]
        assert not alone or "aria-invalid" in found[0], f"#{name} does not say that it is wrong"
