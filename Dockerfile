# Raymi in a container. The RUN lines were proved in a minimal Debian 12 root (debootstrap); no image was built.
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 git ca-certificates
COPY . /srv/raymi
WORKDIR /srv/raymi
RUN scripts/raymi setup --no-database

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/raymi --create-home raymi
COPY --from=build --chown=raymi:raymi /srv/raymi /srv/raymi
WORKDIR /srv/raymi
RUN mkdir -p /var/lib/raymi && cp -r var/fonts /var/lib/raymi/ && chown -R raymi:raymi /var/lib/raymi
USER raymi
ENV RAYMI_VAR=/var/lib/raymi RAYMI_OUT=/var/lib/raymi/out RAYMI_HOST=0.0.0.0
VOLUME /var/lib/raymi
EXPOSE 8000
HEALTHCHECK CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
CMD ["scripts/raymi", "serve"]
