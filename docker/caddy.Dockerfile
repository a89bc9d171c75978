# The only door to the outside: Caddy with our Caddyfile, as a user who may bind no privileged port and needs none.
# The newest Caddy 2: what faces the internet takes its fixes with every build.

FROM caddy:2-alpine
ENV XDG_CONFIG_HOME=/var/lib/caddy/config \
    XDG_DATA_HOME=/var/lib/caddy/data
# A new volume takes its owner from the folder it is put on.
RUN mkdir -p /var/lib/caddy/config /var/lib/caddy/data && chown -R 10001:10001 /var/lib/caddy
COPY docker/Caddyfile /etc/caddy/Caddyfile
USER 10001:10001
EXPOSE 8080 8443
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
