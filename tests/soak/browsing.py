"""A browser of a running station: pages over the network, cookies and the token of forms."""

import re
import secrets
from http.client import HTTPConnection
from http.cookies import SimpleCookie

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
PATIENCE_S = 60


class Caller:
    """Asks for pages as a person who is logged in."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self.port, self.cookies, self.token = port, cookies, ""

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        return self._ask("GET", path)

    def upload(self, path: str, field: str, name: str, content: bytes) -> tuple[int, str]:
        """Send a file as a form does."""
        if not self.token:
            self.get(path.rpartition("/")[0] + "/")
        line = secrets.token_hex(16)
        head = f'--{line}\r\nContent-Disposition: form-data; name="'
        body = f'{head}csrf_token"\r\n\r\n{self.token}\r\n'.encode()
        body += f'{head}{field}"; filename="{name}"\r\n\r\n'.encode() + content
        body += f"\r\n--{line}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={line}"}
        return self._ask("POST", path, body, kind)

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(
                method, path, body, {"Cookie": cookie, "Accept-Language": "en", **(headers or {})}
            )
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for told in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(told).items():
                self.cookies[name] = morsel.value
        if found := TOKEN.search(text):
            self.token = found[1]
        return answer.status, text
