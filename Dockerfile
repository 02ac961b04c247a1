# One image for every part of a region's installation; docker-compose.yml says which part runs which command.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY bootstrap.lock requirements.lock ./
RUN python -m venv /opt/examday \
    && /opt/examday/bin/pip install --no-cache-dir --require-hashes --requirement bootstrap.lock \
    && /opt/examday/bin/uv pip sync --no-cache --python /opt/examday/bin/python --require-hashes bootstrap.lock requirements.lock
COPY pyproject.toml README.md ./
COPY examday examday
COPY workers workers
COPY templates templates
COPY docs/help docs/help
COPY scans/samples scans/samples
COPY tools/verify_export.py tools/verify_export.py
RUN /opt/examday/bin/uv pip install --no-cache --python /opt/examday/bin/python --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends tesseract-ocr tesseract-ocr-rus espeak-ng \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin examday \
    && install --directory --owner=examday --group=examday --mode=0750 /data
COPY --from=build /opt/examday /opt/examday
WORKDIR /opt/examday
ENV PATH=/opt/examday/bin:$PATH \
    EXAMDAY_DATA=/data \
    OMP_NUM_THREADS=1 \
    ORT_DISABLE_TELEMETRY=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TZ=UTC
VOLUME /data
USER 10001
EXPOSE 8450
CMD ["gunicorn", "--workers", "1", "--threads", "8", "--bind", "0.0.0.0:8450", "examday.web.serve:region()"]
