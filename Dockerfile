# Raymi in a container. No image was ever built from this file by its authors, who had no container engine: its RUN lines, its
# command and its health check were run one by one on a bare Debian 12 instead (see docs/operations.md).
#
#   docker build -t raymi .
#   docker run -p 8000:8000 -v raymi:/data -e RAYMI_SECRET_KEY=... --stop-timeout 90 raymi
#
# Without DATABASE_URL it runs a PostgreSQL of its own in /data; with it (and MIGRATION_DATABASE_URL) it uses yours.

FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/raymi
COPY . .
# The packages of requirements.lock by their hashes, and the fonts, cut from Debian's large ones.
RUN scripts/raymi setup --no-database

FROM python:3.11-slim-bookworm
WORKDIR /opt/raymi
COPY --from=build /opt/raymi /opt/raymi
# What is still missing here: the three libraries that draw papers.
RUN scripts/raymi setup --no-database && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin raymi && mkdir /data && chown raymi /data
USER raymi
ENV RAYMI_ENV=production RAYMI_VAR=/data RAYMI_OUT=/data/out RAYMI_HOST=0.0.0.0
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
ENTRYPOINT ["scripts/raymi"]
CMD ["serve"]
