import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { expect } from 'chai';
import express, { type Express } from 'express';
import session from 'express-session';
import { agent } from 'supertest';
import { loadOptions } from '../../lib/cli/config-file.ts';
import { type SmsOtp, smsOtp } from '../../lib/index.ts';
import {
  type DirectoryEntry,
  type DirectorySimulator,
  type SmscSimulator,
  startDirectory,
  startSmsc,
} from '../../lib/simulator/index.ts';
import { postJson } from '../support/app.ts';
import { makeCertificate } from '../support/certificate-authority.ts';
import { runHere } from '../support/command-line.ts';
import { membersOf, namesIn } from '../support/doc-tables.ts';
import { requirePeer } from '../support/peers.ts';

const PAGE = 'docs/moving-from-gluu.md';
const doc = readFileSync(PAGE, 'utf8');
const ADA = { username: 'ada', password: 'of-ada' };

describe('docs/moving-from-gluu.md', () => {
  it('names each property of the script, and no others', () => {
    const properties = membersOf('lib/smpp/gluu-properties.ts', 'GluuSmppProperties');
    expect(properties).to.have.length(11);
    expect(namesIn(doc, 'property')).to.have.members(properties);
  });

  it('names events and errors that there are', () => {
    const errors = readFileSync('lib/errors.ts', 'utf8');
    const others = ['ALPHA_DEFAULT', 'LDAP_CA'];
    const named = [...doc.matchAll(/the event `(\w+)`/g)].map(([, name]) => name);
    expect(named).to.have.length.above(4);
    expect(membersOf('lib/events.ts', 'SmsOtpEvents')).to.include.members(named);
    for (const [, code] of doc.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)) {
      if (code !== undefined && !code.startsWith('ESME_') && !others.includes(code))
        expect(errors).to.contain(`${code}: `);
    }
  });

  describe('the listing', () => {
    let directory: DirectorySimulator;
    let smsc: SmscSimulator;
    let otp: SmsOtp;
    let app: Express;
    let config: string;

    before(function () {
      requirePeer(this, 'openssl');
    });

    beforeEach(async () => {
      const { ca, ...tls } = await makeCertificate();
      const entries = [person('ada', 'active'), person('grace', 'inactive')];
      [directory, smsc] = await Promise.all([
        startDirectory({ baseDn: 'ou=people,o=gluu', entries, tls }),
        startSmsc(),
      ]);
      const { hostname, port } = new URL(smsc.url);
      config = writeListing(ca, {
        LDAP_URL: directory.url,
        LDAP_BIND_DN: 'cn=service,dc=example,dc=org',
        LDAP_BIND_PASSWORD: 'service',
        SMPP_SERVER: hostname,
        SMPP_PORT: port,
        SMS_OTP_SECRET: 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE',
        ORIGIN: 'http://127.0.0.1:3000',
      });
      otp = smsOtp(await loadOptions(config));
      app = express();
      app.use(session({ secret: 'of the listings', resave: false, saveUninitialized: false }), otp);
    });

    afterEach(async () => {
      await otp.close();
      await Promise.all([directory.close(), smsc.close()]);
      rmSync(dirname(config), { recursive: true });
    });

    it('is a configuration in which the doctor finds nothing wrong', async () => {
      const { code, out } = await runHere(['doctor', '--user', 'ada', '--config', config]);
      expect(code, out).to.equal(0);
      expect(out).to.match(/^ok +person: found, with ••• 0605/m);
    });

    it("signs people of Gluu's directory in under their inum, over its SMPP", async () => {
      const jar = agent(app);
      await postJson(jar, '/auth/login', ADA).expect(200);
      const { text, from } = await smsc.nextMessage('+46701740605');
      expect(from).to.equal('Gluu OTP');
      expect(smsc.submits[0]?.fields).to.include({ service_type: 'CMT', destination_addr: '46701740605' });
      const { body } = await postJson(jar, '/auth/code', { code: /\d{6}/.exec(text)?.[0] }).expect(200);
      expect(body).to.deep.include({ acr: 'smpp' });
      expect(body.user.id).to.equal('ada-of-gluu');
    });

    it('takes deactivated people for nobody, as the doctor does', async () => {
      const grace = { username: 'grace', password: 'of-grace' };
      expect((await postJson(agent(app), '/auth/login', grace).expect(401)).body.code).to.equal('INVALID_CREDENTIALS');
      const { code, out } = await runHere(['doctor', '--user', 'grace', '--config', config]);
      expect(code).to.equal(1);
      expect(out).to.match(/^failed +person: There is no such person/m);
    });

    it('lets nobody in who is deactivated in the middle of a sign-in', async () => {
      const jar = agent(app);
      await postJson(jar, '/auth/login', ADA).expect(200);
      const { text } = await smsc.nextMessage('+46701740605');
      directory.put(person('ada', 'inactive'));
      const { body } = await postJson(jar, '/auth/code', { code: /\d{6}/.exec(text)?.[0] }).expect(401);
      expect(body.code).to.equal('SIGN_IN_REQUIRED');
    });
  });
});

/** An entry as Gluu writes them. */
function person(uid: string, gluuStatus: 'active' | 'inactive'): DirectoryEntry {
  return {
    dn: `inum=${uid}-of-gluu,ou=people,o=gluu`,
    password: `of-${uid}`,
    attributes: {
      objectClass: ['gluuPerson'],
      inum: [`${uid}-of-gluu`],
      uid: [uid],
      gluuStatus: [gluuStatus],
      phoneNumberVerified: ['TRUE'],
      telephoneNumber: ['+46701740605'],
    },
  };
}

/** The listing as a file, in an environment of its own. */
function writeListing(ca: string, environment: object): string {
  const [, listing = ''] = /^```js gluu\n(.*?)^```$/ms.exec(doc) ?? [];
  expect(listing).to.contain('process.env');
  mkdirSync('.build', { recursive: true });
  const folder = mkdtempSync('.build/gluu-');
  const [file, LDAP_CA] = [join(folder, `sms-otp.config${extname(import.meta.url)}`), join(folder, 'ca.pem')];
  writeFileSync(LDAP_CA, ca);
  writeFileSync(file, listing.replace('process.env', JSON.stringify({ ...environment, LDAP_CA })));
  return file;
}
