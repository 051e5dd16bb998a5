FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY paperwire paperwire
COPY bot bot
COPY adapters adapters
COPY prompts prompts
RUN python -m venv /opt/paperwire && /opt/paperwire/bin/pip install --no-cache-dir .
RUN TIKTOKEN_CACHE_DIR=/opt/encodings /opt/paperwire/bin/paperwire encodings && chmod -R a+rX /opt/encodings

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 paperwire && install --directory --mode 700 --owner paperwire /data
COPY --from=build /opt/paperwire /opt/paperwire
COPY --from=build /opt/encodings /opt/encodings
ENV PATH=/opt/paperwire/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PAPERWIRE_DATA=/data \
    PAPERWIRE_HTTP=127.0.0.1:8080 \
    TIKTOKEN_CACHE_DIR=/opt/encodings
USER paperwire
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/livez', timeout=4)"]
CMD ["paperwire", "run"]
