# syntax=docker/dockerfile:1
# One image for all processes: docker-compose.yml says which line of the Procfile a container runs.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/exchange
COPY requirements.txt requirements-build.txt ./
RUN /opt/exchange/bin/pip install --no-deps --only-binary :all: -r requirements.txt \
    && /opt/exchange/bin/python -m compileall -q /opt/exchange/lib
# The compiler stays behind: what it makes goes into the environment.
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-deps --only-binary :all: -r requirements-build.txt
COPY grading grading
RUN CC="/opt/build/bin/python -m ziglang cc -mcpu=baseline" /opt/exchange/bin/python grading/engine/kernel/build.py

FROM python:3.13-slim-trixie
RUN groupadd --gid 10001 exchange \
    && useradd --uid 10001 --gid exchange --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin exchange \
    && install --directory --owner exchange --group exchange --mode 0700 /var/lib/exchange
COPY --from=build /opt/exchange /opt/exchange
WORKDIR /srv/exchange
COPY manage.py Procfile ./
COPY config config
COPY foundation foundation
COPY grading grading
COPY marketplace marketplace
COPY locale locale
RUN /opt/exchange/bin/python -m compileall -q .
ENV PATH=/opt/exchange/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    EXCHANGE_PRODUCTION=1 \
    EXCHANGE_STATE=/var/lib/exchange \
    BIND=0.0.0.0
USER exchange
VOLUME /var/lib/exchange
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["python", "-m", "foundation.embedded.procfile", "--only", "web"]
