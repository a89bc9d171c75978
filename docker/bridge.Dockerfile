# The bridge: current Python, the packages of requirements/bridge.lock and the built pages. No compiler, no Node, no shell
# tools beyond the base image. Build from the project's root: docker compose build bridge-a

FROM node:22-bookworm-slim AS pages
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
COPY requirements/uv.lock requirements/bridge.lock /build/
RUN pip install --no-cache-dir --require-hashes -r /build/uv.lock \
    && uv venv --no-project /opt/handschlag \
    && uv pip install --no-cache --compile-bytecode --require-hashes \
        --python /opt/handschlag/bin/python -r /build/bridge.lock

FROM python:3.11-slim-bookworm AS sources
WORKDIR /app
COPY business.yml ./
COPY handoff_bridge/ handoff_bridge/
COPY --from=pages /build/handoff_bridge/static/ handoff_bridge/static/
# A clone may have been made with any umask; the process below is nobody's owner.
RUN python -m compileall -q handoff_bridge && chmod -R a+rX,go-w .

FROM python:3.11-slim-bookworm
ENV PATH=/opt/handschlag/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1 \
    HANDSCHLAG_ENVIRONMENT=production \
    HANDSCHLAG_HOST=0.0.0.0 \
    HANDSCHLAG_PORT=8080
COPY --from=packages /opt/handschlag/ /opt/handschlag/
COPY --from=sources /app/ /app/
# A new volume takes its owner and rights from the folder it is put on.
RUN install -d -o 10001 -g 10001 -m 0700 /var/lib/handschlag/attachments
WORKDIR /app
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["python", "-m", "handoff_bridge"]
CMD ["serve"]
