#!/bin/sh
# Makes the secrets that docker-compose.yml hands to its services: sh docker/make-secrets.sh [FOLDER]
# What is there already stays, so it may be run again after an upgrade that needs one more.
set -eu

folder=${1:-"$(dirname "$0")/../secrets"}
# Only the owner comes into the folder. The files themselves are readable: Compose puts each into the containers that
# are given it as it is, and the users there are not the owner.
mkdir -p "$folder"
chmod 700 "$folder"

for name in postgres_password handschlag_database_password rasa_database_password shop_database_password \
    handschlag_channel_secret handschlag_internal_secret handschlag_whatsapp_verify_token; do
    [ -s "$folder/$name" ] && continue
    # 32 random bytes in hexadecimal: no character means anything to a shell, an address or SQL.
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$folder/$name.new"
    chmod 444 "$folder/$name.new"
    mv "$folder/$name.new" "$folder/$name"
    echo "made $name"
done

# Meta gives these (docs/whatsapp.md). Empty they count as not set, and Compose needs a file in any case.
for name in handschlag_whatsapp_app_secret handschlag_whatsapp_access_token; do
    [ -e "$folder/$name" ] && continue
    : >"$folder/$name"
    chmod 644 "$folder/$name"
    echo "made $name, empty"
done
