import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import express, { type Express } from 'express';
import session from 'express-session';
import { agent } from 'supertest';
import type { SmsOtp } from '../../lib/index.ts';
import { type DirectorySimulator, type SmscSimulator, startDirectory, startSmsc } from '../../lib/simulator/index.ts';
import { postJson } from '../support/app.ts';
import { runListing } from '../support/listing.ts';

const PAGE = 'docs/moving-from-gluu.md';
const doc = readFileSync(PAGE, 'utf8');

describe('docs/moving-from-gluu.md', () => {
  it('names each property of the script, and no others', () => {
    const source = readFileSync('lib/smpp/gluu-properties.ts', 'utf8');
    const [, body = ''] = /interface GluuSmppProperties \{\n(.*?)\n\}/s.exec(source) ?? [];
    const properties = Array.from(body.matchAll(/^ {2}readonly (\w+)\??:/gm), ([, name]) => name);
    expect(properties).to.have.length(11);
    expect(firstCells('property').flatMap((cell) => wordsIn(cell))).to.have.members(properties);
  });

  it('names events and errors that there are', () => {
    const events = /interface SmsOtpEvents \{\n(.*?)\n\}/s.exec(readFileSync('lib/events.ts', 'utf8'))?.[1] ?? '';
    const errors = readFileSync('lib/errors.ts', 'utf8');
    const named = [...doc.matchAll(/the event `(\w+)`/g)].map(([, name]) => name);
    expect(named).to.have.length.above(4);
    for (const name of named) expect(events).to.match(new RegExp(`^ {2}${name}:`, 'm'));
    for (const [, code] of doc.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)) {
      if (!code?.startsWith('ESME_') && code !== 'ALPHA_DEFAULT') expect(errors).to.contain(`${code}: `);
    }
  });

  describe('the listing', () => {
    let directory: DirectorySimulator;
    let smsc: SmscSimulator;
    let otp: SmsOtp;
    let app: Express;

    beforeEach(async () => {
      const entries = [
        {
          dn: 'inum=ada-of-gluu,ou=people,o=gluu',
          password: 'lovelace',
          attributes: {
            objectClass: ['gluuPerson'],
            inum: ['ada-of-gluu'],
            uid: ['ada'],
            phoneNumberVerified: ['TRUE'],
            telephoneNumber: ['+46701740605'],
          },
        },
      ];
      [directory, smsc] = await Promise.all([startDirectory({ baseDn: 'ou=people,o=gluu', entries }), startSmsc()]);
      const { hostname, port } = new URL(smsc.url);
      ({ otp } = await runListing<{ otp: SmsOtp }>(PAGE, 'gluu', {
        ldapUrl: directory.url,
        bindDn: 'cn=service,dc=example,dc=org',
        bindPassword: 'service',
        properties: { smpp_server: hostname, smpp_port: port },
        secret: 'a secret of the listings, long enough',
        origin: 'http://127.0.0.1:3000',
      }));
      app = express();
      app.use(session({ secret: 'of the listings', resave: false, saveUninitialized: false }), otp);
    });

    afterEach(async () => {
      await otp.close();
      await Promise.all([directory.close(), smsc.close()]);
    });

    it("signs people of Gluu's directory in under their inum, over its SMPP", async () => {
      const jar = agent(app);
      await postJson(jar, '/auth/login', { username: 'ada', password: 'lovelace' }).expect(200);
      const { text, from } = await smsc.nextMessage('+46701740605');
      expect(from).to.equal('Gluu OTP');
      expect(smsc.submits[0]?.fields).to.include({ service_type: 'CMT', destination_addr: '46701740605' });
      const { body } = await postJson(jar, '/auth/code', { code: /\d{6}/.exec(text)?.[0] }).expect(200);
      expect(body).to.deep.include({ acr: 'smpp' });
      expect(body.user.id).to.equal('ada-of-gluu');
    });
  });
});

function firstCells(head: string): readonly string[] {
  const [, rest = ''] = doc.split(`\n| ${head} |`);
  const [table = ''] = rest.split('\n\n');
  return table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[1] ?? '');
}

function wordsIn(cell: string): readonly string[] {
  return Array.from(cell.matchAll(/`(\w+)`/g), ([, word = '']) => word);
}
