#!/bin/sh
# 389 Directory Server 2.3.1 answers Compare of a DN letter by letter but for case, and Search by its matching rule.
#
# RFC 4511, section 4.10: Compare asks by the equality rule of the attribute. Of `member` that is distinguishedNameMatch, as in
# a filter, and a space after a comma, an escape of a letter and the order of the parts of an RDN do not count in it
# (RFC 4517, section 4.2.15; RFC 4514, section 3). A client may ask for a value by either.
#
# Seen: with such a name the filter finds the group and Compare answers false, without an error. Where only the case of the
# letters differs both agree, and so they do on a telephone number with other spaces. Needs 389-ds-base and python3-ldap, as
# Debian has them.
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
import ldap
from ldap.filter import escape_filter_chars
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
group = f'cn=staff,{SUFFIX}'
add(group, objectClass=['groupOfNames', 'extensibleObject'], cn=['staff'], telephoneNumber=['+1 555 0100'],
    member=[f'uid=ada,{SUFFIX}', f'cn=bob+uid=bob,{SUFFIX}'])
for name, value in [('member', 'uid=ada,dc=example,dc=org'), ('member', 'UID=Ada,DC=example,DC=org'),
                    ('member', 'uid=ada, dc=example, dc=org'), ('member', r'uid=\61da,dc=example,dc=org'),
                    ('member', 'uid=bob+cn=bob,dc=example,dc=org'), ('telephoneNumber', '+15550100')]:
    found = directory.search_s(group, ldap.SCOPE_BASE, f'({name}={escape_filter_chars(value)})', ['1.1'])
    same = directory.compare_s(group, name, value.encode())
    print(f'{name} {value}: Search {"finds it" if found else "finds nothing"}, Compare says {str(same).lower()}')
PY
/usr/bin/python3 ask.py "ldap://127.0.0.1:$port" | tee seen
cat >expected <<'TXT'
member uid=ada,dc=example,dc=org: Search finds it, Compare says true
member UID=Ada,DC=example,DC=org: Search finds it, Compare says true
member uid=ada, dc=example, dc=org: Search finds it, Compare says false
member uid=\61da,dc=example,dc=org: Search finds it, Compare says false
member uid=bob+cn=bob,dc=example,dc=org: Search finds it, Compare says false
telephoneNumber +15550100: Search finds it, Compare says true
TXT
diff expected seen && echo 'As described.'
