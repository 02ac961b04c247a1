"""Tables of the plan as files that a browser saves."""

from flask import Response

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def attached(data: bytes, name: str, file_format: str) -> Response:
    """Make the answer that a browser saves as a file."""
    return Response(
        data,
        mimetype=FORMATS[file_format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{file_format}"',
            # Plans hold names and health needs; a shared computer must not keep them.
            "Cache-Control": "no-store",
        },
    )
