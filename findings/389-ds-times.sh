#!/bin/sh
# 389 Directory Server 2.3.1 compares `createTimestamp` letter by letter, so an offset from UTC makes it another time.
#
# RFC 4517, section 4.2.16: by generalizedTimeMatch two values are the same if they are the same moment; a fraction of zero
# and the offset of a time zone are part of the syntax (section 3.3.13). Its schema names that rule for `createTimestamp`.
#
# Seen: the moment of an entry is not found when it is written with ".0" or with "+0200". An hour later, written with an
# offset to the west, counts as earlier and finds the entry; an hour earlier, written with one to the east, finds nothing.
# Needs 389-ds-base and python3-ldap, as Debian has them.
set -eu
folder=$(mktemp -d)
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => s.close(console.log(s.address().port)))')
cd "$folder"
mkdir -p config/schema lock tmp ldif bak run inst log db
cp /etc/dirsrv/schema/99user.ldif config/schema/
cp /etc/dirsrv/config/slapd-collations.conf config/
cat >configure.py <<'PY'
import base64, hashlib, os, re, sys

folder, port, user = sys.argv[1:]
salt = os.urandom(8)
password = base64.b64encode(hashlib.sha1(b'root-secret' + salt).digest() + salt).decode()
values = {'schema_dir': f'{folder}/config/schema', 'cert_dir': f'{folder}/config', 'config_dir': f'{folder}/config',
          'db_home_dir': f'{folder}/db', 'db_lib': 'bdb', 'fqdn': 'localhost', 'ds_user': user, 'rootdn': 'cn=root',
          'ds_port': f'{port}\nnsslapd-listenhost: 127.0.0.1', 'ds_passwd': '{SSHA}' + password,
          'ldapi_enabled': 'off', 'ldapi_autobind': 'off', 'ldapi': f'{folder}/run/ldapi', 'ds_suffix': 'dc=example,dc=org'}
template = open('/usr/share/dirsrv/data/template-dse.ldif').read()
place = lambda match: values.get(match[1], f'{folder}/' + match[1].removesuffix('_dir'))
open(f'{folder}/config/dse.ldif', 'w').write(re.sub('%([a-z_]+)%', place, template))
PY
/usr/bin/python3 configure.py "$folder" "$port" "$(id -un)"
/usr/sbin/ns-slapd -D "$folder/config" -i "$folder/pid" -d 0 2>/dev/null &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$folder"' EXIT
cat >ask.py <<'PY'
import sys, time
from datetime import datetime, timedelta, timezone
import ldap
from ldap.modlist import addModlist

SUFFIX = 'dc=example,dc=org'
directory = ldap.initialize(sys.argv[1])
for attempt in range(300):
    try:
        directory.simple_bind_s('cn=root', 'root-secret')
        break
    except ldap.SERVER_DOWN:
        time.sleep(0.1)
add = lambda dn, **values: directory.add_s(dn, addModlist({name: [v.encode() for v in texts] for name, texts in values.items()}))
add('cn=userRoot,cn=ldbm database,cn=plugins,cn=config', objectClass=['extensibleObject', 'nsBackendInstance'],
    cn=['userRoot'], **{'nsslapd-suffix': [SUFFIX]})
add(f'cn="{SUFFIX}",cn=mapping tree,cn=config', objectClass=['extensibleObject', 'nsMappingTree'],
    cn=[SUFFIX], **{'nsslapd-state': ['backend'], 'nsslapd-backend': ['userRoot']})
add(SUFFIX, objectClass=['domain'], dc=['example'])
created = directory.search_s(SUFFIX, ldap.SCOPE_BASE, attrlist=['createTimestamp'])[0][1]['createTimestamp'][0].decode()
moment = datetime.strptime(created, '%Y%m%d%H%M%SZ').replace(tzinfo=timezone.utc)

def written(hours, offset):
    return (moment + timedelta(hours=hours)).astimezone(timezone(timedelta(hours=offset))).strftime('%Y%m%d%H%M%S%z')

for what, sign, value in [('the moment', '=', created), ('the moment with .0', '=', created.replace('Z', '.0Z')),
                          ('the moment at +0200', '=', written(0, 2)),
                          ('from an hour later at +0000', '>=', written(1, 0)), ('from an hour later at -0500', '>=', written(1, -5)),
                          ('from an hour earlier at +0000', '>=', written(-1, 0)), ('from an hour earlier at +0500', '>=', written(-1, 5))]:
    found = directory.search_s(SUFFIX, ldap.SCOPE_BASE, f'(createTimestamp{sign}{value})', ['1.1'])
    print(f'{what}: {"found" if found else "not found"}')
PY
/usr/bin/python3 ask.py "ldap://127.0.0.1:$port" | tee seen
cat >expected <<'TXT'
the moment: found
the moment with .0: not found
the moment at +0200: not found
from an hour later at +0000: not found
from an hour later at -0500: found
from an hour earlier at +0000: found
from an hour earlier at +0500: not found
TXT
diff expected seen && echo 'As described.'
