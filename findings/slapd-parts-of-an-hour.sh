#!/bin/sh
# OpenLDAP 2.5.13 takes a fraction of an hour, or of a minute, for one of a second.
#
# RFC 4517, section 3.3.13: a time may end with its hour or with its minute, and a fraction is then one of the hour or of the
# minute. So 2024010112.5Z is half past twelve, and 202401011215.5Z is 30 seconds after a quarter past.
#
# Seen: both are accepted, and compared as 12:00:00.5 and 12:15:00.5. An entry of 12:15:20 is found among those from half past
# twelve on and missing among those before. Without a fraction, and with an offset, the same times are read right.
# Needs slapd and python3-ldap, as Debian has them.
set -eu
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close(console.log(s.address().port)))')
mkdir "$folder/data"
cat >"$folder/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=example,dc=org"
directory $folder/data
access to * by * read
CONF
cat >"$folder/entry.ldif" <<'LDIF'
dn: dc=example,dc=org
objectClass: domain
dc: example
createTimestamp: 20240101121520Z
LDIF
/usr/sbin/slapadd -f "$folder/slapd.conf" -l "$folder/entry.ldif"
/usr/sbin/slapd -d 0 -f "$folder/slapd.conf" -h "ldap://127.0.0.1:$port" &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$folder"' EXIT
cd "$folder"
cat >find.py <<'PY'
import sys, time
import ldap

directory = ldap.initialize(sys.argv[1])
for attempt in range(100):
    try:
        directory.simple_bind_s()
        break
    except ldap.SERVER_DOWN:
        time.sleep(0.1)
for what, text in [('from 12:30 on', '>=202401011230Z'), ('from 12:30 on, as half an hour', '>=2024010112.5Z'),
                   ('until 12:30', '<=202401011430+0200'), ('until 12:30, as half an hour', '<=2024010112.5Z'),
                   ('until 12:15:30', '<=20240101121530Z'), ('until 12:15:30, as half a minute', '<=202401011215.5Z')]:
    found = directory.search_s('dc=example,dc=org', ldap.SCOPE_BASE, f'(createTimestamp{text})', ['1.1'])
    print(f'{what} ({text}): {"found" if found else "not found"}')
PY
/usr/bin/python3 find.py "ldap://127.0.0.1:$port" | tee seen
cat >expected <<'TXT'
from 12:30 on (>=202401011230Z): not found
from 12:30 on, as half an hour (>=2024010112.5Z): found
until 12:30 (<=202401011430+0200): found
until 12:30, as half an hour (<=2024010112.5Z): not found
until 12:15:30 (<=20240101121530Z): found
until 12:15:30, as half a minute (<=202401011215.5Z): not found
TXT
diff expected seen && echo 'As described.'
