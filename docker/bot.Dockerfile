# Rasa and the custom actions: Python 3.10 (the newest that Rasa Open Source runs on), one image for both processes.
#
# The model is trained here and not by a service at run time: texts, actions and model are then one thing with one tag,
# an upgrade or a way back is one change of tag, starting needs neither time nor a volume to write to, and a mistake in
# the training data stops the build instead of the assistant. Training takes seconds.

FROM python:3.10-slim-bookworm AS packages
COPY requirements/uv.lock requirements/bot.lock /build/
RUN pip install --no-cache-dir --require-hashes -r /build/uv.lock \
    && uv venv --no-project /opt/handschlag \
    && uv pip install --no-cache --compile-bytecode --require-hashes \
        --python /opt/handschlag/bin/python -r /build/bot.lock

FROM python:3.10-slim-bookworm AS model
ENV PATH=/opt/handschlag/bin:$PATH \
    PYTHONUTF8=1 \
    PYTHONWARNINGS=ignore \
    RASA_TELEMETRY_ENABLED=false \
    SQLALCHEMY_SILENCE_UBER_WARNING=1 \
    TF_CPP_MIN_LOG_LEVEL=2
COPY --from=packages /opt/handschlag/ /opt/handschlag/
WORKDIR /app
COPY components/ components/
RUN python -m components.language_model models/language/de
COPY config.yml domain.yml ./
COPY data/ data/
RUN python -m rasa train --config config.yml --domain domain.yml --data data --out models --fixed-model-name handschlag \
    && rm -rf .rasa
COPY actions/ actions/
COPY business.yml credentials.yml endpoints.yml ./
COPY docker/secrets_from_files.py docker/
# A clone may have been made with any umask; the processes below are nobody's owner.
RUN python -m compileall -q actions components && chmod -R a+rX,go-w .

FROM python:3.10-slim-bookworm
# Home is where libraries drop their caches: the only place that may be written to.
ENV PATH=/opt/handschlag/bin:$PATH \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1 \
    PYTHONWARNINGS=ignore \
    RASA_TELEMETRY_ENABLED=false \
    SQLALCHEMY_SILENCE_UBER_WARNING=1 \
    TF_CPP_MIN_LOG_LEVEL=2
COPY --from=packages /opt/handschlag/ /opt/handschlag/
COPY --from=model /app/ /app/
WORKDIR /app
USER 10001:10001
EXPOSE 5005 5055
ENTRYPOINT ["python", "docker/secrets_from_files.py"]
CMD ["python", "-m", "rasa", "run", "--endpoints", "endpoints.yml", "--credentials", "credentials.yml", \
    "--model", "models/handschlag.tar.gz", "--interface", "0.0.0.0", "--port", "5005"]
