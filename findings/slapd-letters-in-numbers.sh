#!/bin/sh
# OpenLDAP 2.5.13 tells upper from lower case in telephone numbers.
#
# RFC 4517, sections 4.2.29 and 4.2.30: telephoneNumberMatch and telephoneNumberSubstringsMatch skip spaces and hyphens, and
# fold the case of letters. Letters are valid in a number, as in "+1 800 FLOWERS" or "+1 555 0100 Ext 5".
#
# Seen: spaces and hyphens are skipped, but a number is found only by letters in the case in which it was written. The title
# of the same entry, by caseIgnoreMatch, is found in either. Needs slapd and python3-ldap, as Debian has them.
set -eu
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close(console.log(s.address().port)))')
mkdir "$folder/data"
cat >"$folder/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=example,dc=org"
directory $folder/data
access to * by * read
CONF
cat >"$folder/ada.ldif" <<'LDIF'
dn: dc=example,dc=org
objectClass: domain
dc: example

dn: cn=ada,dc=example,dc=org
objectClass: inetOrgPerson
cn: ada
sn: Ada
title: Florist
telephoneNumber: +1 800 FLOWERS
mobile: +1 555 0100 Ext 5
LDIF
/usr/sbin/slapadd -f "$folder/slapd.conf" -l "$folder/ada.ldif"
/usr/sbin/slapd -d 0 -f "$folder/slapd.conf" -h "ldap://127.0.0.1:$port" &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$folder"' EXIT
cd "$folder"
cat >find.py <<'PY'
import sys
import time
import ldap

directory = ldap.initialize(sys.argv[1])
for attempt in range(100):
    try:
        directory.simple_bind_s()
        break
    except ldap.SERVER_DOWN:
        time.sleep(0.1)
for text in ['(title=FLORIST)', '(telephoneNumber=+1800FLO-WERS)', '(telephoneNumber=+1800flowers)',
             '(telephoneNumber=+1 800 Flowers)', '(mobile=+1 555 0100 Ext 5)', '(mobile=*ext 5)', '(mobile=*Ext 5)']:
    found = directory.search_s('dc=example,dc=org', ldap.SCOPE_SUBTREE, text, ['1.1'])
    print(text, 'finds', len(found))
PY
/usr/bin/python3 find.py "ldap://127.0.0.1:$port" | tee seen
cat >expected <<'TXT'
(title=FLORIST) finds 1
(telephoneNumber=+1800FLO-WERS) finds 1
(telephoneNumber=+1800flowers) finds 0
(telephoneNumber=+1 800 Flowers) finds 0
(mobile=+1 555 0100 Ext 5) finds 1
(mobile=*ext 5) finds 0
(mobile=*Ext 5) finds 1
TXT
diff expected seen && echo 'As described.'
