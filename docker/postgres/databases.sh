#!/bin/sh
# One database with one owner per program; runs once, when PostgreSQL's volume is new. No program can read another's.
set -eu

secrets=${SECRETS_DIR:-/run/secrets}

make_database() {
    # psql reads the password itself: on a command line, other processes could see it.
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set name="$1" --set file="$secrets/$2" \
        --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat :'file'`
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

make_database handschlag handschlag_database_password
make_database rasa rasa_database_password
make_database shop shop_database_password
