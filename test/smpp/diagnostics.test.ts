import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { type Certificate, makeCertificate } from '../support/certificate-authority.ts';
import { collect, complaints, findingOf } from '../support/findings.ts';
import { NetSmppSmsc } from '../support/net-smpp.ts';
import { requirePeer } from '../support/peers.ts';
import { Rig } from './rig.ts';
import type { Client } from './scripted-smsc.ts';

const ALREADY_BOUND = 0x05;
const INVALID_COMMAND = 0x03;

describe('the examination of SMSCs', () => {
  const rig = new Rig();
  const examine = (...[smscs, timeouts]: Parameters<Rig['transport']>) =>
    collect(rig.transport(smscs, timeouts).examine());

  it('finds nothing wrong with a good one, and lets its bind go', async () => {
    const smsc = await rig.smsc({ systemId: 'otp', password: 'pw' });
    const findings = await examine([smsc.url]);
    expect(complaints(findings)).to.deep.equal([]);
    expect(findings.map(({ check }) => check.split(' ').at(-1))).to.deep.equal(['TCP', 'TLS', 'bind', 'enquire_link']);
    expect(findingOf(findings, 'enquire_link').detail).to.match(/after \d+ ms$/);
    expect(smsc.binds).to.have.length(1);
    expect(smsc.submits).to.deep.equal([]);
  });

  it('needs one connection only: some SMSCs take one that is not bound at a time', async () => {
    const smsc = await rig.scripted({ enquire_link: (client, pdu) => client.answer(pdu) });
    expect(complaints(await examine([smsc.url]))).to.deep.equal([]);
    expect(smsc.clients).to.have.length(1);
  });

  it('says that a port speaks TLS if the connection is in clear', async () => {
    const smsc = await rig.scripted({}, { tls: await makeCertificate() });
    const findings = await examine([smsc.url.replace('smpps:', 'smpp:')]);
    const { status, detail, remedy } = findingOf(findings, 'bind');
    expect([status, detail.split(' (')[0]]).to.deep.equal([
      'failed',
      'the port speaks TLS, this connection is in clear',
    ]);
    expect(remedy).to.contain('smpps://');
  });

  for (const [title, bytes, words] of [
    ['a port for something else', 'hello\r\n', 'Something else listens there'],
    ['an answer that does not keep to SMPP', '00000011800000090000000000000001aa', 'does not keep to SMPP'],
  ] as const) {
    it(`says what to do about ${title}`, async () => {
      const bind_transceiver = ({ socket }: Client): void =>
        void socket.write(bytes.startsWith('0') ? Buffer.from(bytes, 'hex') : bytes);
      const smsc = await rig.scripted({ bind_transceiver });
      expect(findingOf(await examine([smsc.url], { step: 500 }), 'bind').remedy).to.contain(words);
    });
  }

  it('says what each route puts on the wire', async () => {
    const smsc = await rig.smsc();
    const { hostname: host, port } = new URL(smsc.url);
    const smscs = [{ name: 'in', host, port: Number(port), tlvs: { 5120: '1101' } }];
    const routes = [
      { to: 'IN', smscs: ['in'], source: 'EXMPLE', tlvs: { 5121: { templateId: true } } },
      { to: '+', smscs: ['in'], source: '12345' },
    ] as const;
    const findings = await collect(rig.transport(smscs, {}, { routes }).examine());
    expect(complaints(findings)).to.deep.equal([]);
    expect(findingOf(findings, 'route IN through in').detail).to.contain(
      'sender EXMPLE (ton 5, npi 0), TLVs: 0x1400 (5 bytes), 0x1401 (the template of the text)',
    );
    expect(findingOf(findings, 'route + through in').detail).to.contain('sender 12345 (ton 3, npi 0)');
  });

  it('shows each text with a made-up code as it would be written, by the countries of the route', async () => {
    const smsc = await rig.smsc();
    const { hostname: host, port } = new URL(smsc.url);
    const smscs = [{ name: 'in', host, port: Number(port) }];
    const routes = [
      { to: 'IN', smscs: ['in'], source: 'EXMPLE', tlvs: { 5121: { templateId: true } } },
      { to: '+', smscs: ['in'] },
    ] as const;
    const samples = [
      { country: 'IN', text: '000000 is your OTP. -EXMPLE', templateId: '1107' },
      { country: 'IN', text: 'Ж'.repeat(71), templateId: '1108' },
      { text: 'Your code is 000000.\n\n@app.example #000000' },
    ] as const;
    const findings = await collect(rig.transport(smscs, {}, { routes }).examine(samples));
    expect(complaints(findings)).to.deep.equal([]);
    const india = findings.filter(({ check }) => check.startsWith('route IN text ')).map(({ detail }) => detail);
    expect(india).to.have.length(2);
    expect(india[0]).to.equal('"000000 is your OTP. -EXMPLE" (GSM 03.38, data_coding 0, 1 segment, template 1107)');
    expect(india[1]).to.contain('(UCS-2, 2 segments, template 1108)');
    const others = findingOf(findings, 'route + through in').detail;
    expect(others).to.contain('"Your code is 000000.\\n\\n@app.example #000000" (GSM 03.38, data_coding 0, 1 segment)');
    expect(others).to.not.contain('EXMPLE');
    expect(smsc.submits).to.deep.equal([]);
  });

  it('says that texts without a template are not sent on a route that writes one', async () => {
    const smsc = await rig.smsc();
    const { hostname: host, port } = new URL(smsc.url);
    const account = { name: 'in', host, port: Number(port), tlvs: { 5121: { templateId: true } } } as const;
    const samples = [{ country: 'IN', text: '000000', templateId: '1107' }, { text: 'Your code is 000000.' }] as const;
    const findings = await collect(rig.transport([account]).examine(samples));
    const { status, detail, remedy } = findingOf(findings, 'SMSC in messages');
    expect([status, detail.split(':')[0]]).to.deep.equal([
      'failed',
      '1 of 2 texts have no template to write, and are not sent',
    ]);
    expect(remedy).to.contain('smsTemplates');
    const prefix = [
      { to: '+91', smscs: ['in'], tlvs: { 5121: { templateId: true } } },
      { to: '+', smscs: ['in'] },
    ] as const;
    const plain = { name: 'in', host, port: Number(port) };
    const all = await collect(rig.transport([plain], {}, { routes: prefix }).examine(samples));
    expect(findingOf(all, 'route +91 through in').status).to.equal('ok');
  });

  it('finds nothing wrong with an SMSC in Perl', async function () {
    requirePeer(this, 'libnet-smpp-perl');
    const smsc = await NetSmppSmsc.start();
    try {
      expect(complaints(await examine([{ host: smsc.host, port: smsc.port }]))).to.deep.equal([]);
      expect(smsc.commands).to.include.members(['bind_transceiver', 'enquire_link', 'unbind']);
    } finally {
      await smsc.close();
    }
  });

  it('goes on with the next SMSC after one that is down', async () => {
    const [port, smsc] = [await closedPort(), await rig.smsc()];
    const findings = await examine([{ name: 'main', host: '127.0.0.1', port }, smsc.url]);
    expect(complaints(findings)).to.deep.equal(['failed SMSC main TCP']);
    expect(findingOf(findings, 'main TCP').detail).to.equal('nobody listens there (ECONNREFUSED)');
    expect(findings.at(-1)).to.include({ status: 'ok' });
  });

  it('says that a name is not known', async () => {
    const findings = await examine([{ name: 'main', host: 'no-such-host.invalid' }]);
    expect(complaints(findings)).to.deep.equal(['failed SMSC main name']);
  });

  it('says that a password is wrong, and shows it to nobody', async () => {
    const smsc = await rig.smsc({ systemId: 'otp', password: 'right' });
    const findings = await examine([smsc.url.replace('right', 'wrong')]);
    const { status, detail, remedy } = findingOf(findings, 'bind');
    expect([status, detail]).to.deep.equal(['failed', 'it refused the bind: ESME_RINVPASWD (0x0E)']);
    expect(remedy).to.contain('password');
    expect(JSON.stringify(findings)).to.not.match(/wrong|right/);
  });

  for (const [bindStatus, remedy] of [
    [0x0f, 'Compare systemId'],
    [0x53, 'Compare systemType'],
    [0x08, 'Ask the operator'],
  ] as const) {
    it(`says "${remedy}" if the bind is refused with status 0x${bindStatus.toString(16)}`, async () => {
      const smsc = await rig.smsc();
      smsc.behave({ bindStatus });
      const finding = findingOf(await examine([smsc.url]), 'bind');
      expect(finding.status).to.equal('failed');
      expect(finding.remedy).to.contain(remedy);
    });
  }

  it('says that another process holds the bind, and blames no configuration', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ bindStatus: ALREADY_BOUND });
    const { status, detail, remedy } = findingOf(await examine([smsc.url]), 'bind');
    expect(status).to.equal('skipped');
    expect(detail).to.contain('another process holds the bind').and.contain('ESME_RALYBND (0x05)');
    expect(remedy).to.contain('No error of the configuration');
    expect(smsc.binds).to.have.length(1);
  });

  it('says that no receipts will come if the SMSC takes a transmitter only', async () => {
    const smsc = await rig.scripted({
      bind_transceiver: (client, pdu) => client.answer(pdu, {}, INVALID_COMMAND),
      bind_transmitter: (client, pdu) => client.answer(pdu),
    });
    const { status, detail } = findingOf(await examine([smsc.url]), 'bind');
    expect([status, detail]).to.deep.include('warning');
    expect(detail).to.contain('no receipts');
    expect(smsc.commands).to.include('unbind');
  });

  it('tries a transmitter and a receiver if the app has both', async () => {
    const smsc = await rig.smsc();
    const { hostname: host, port } = new URL(smsc.url);
    const findings = await examine([{ host, port: Number(port), bindMode: 'transmitter+receiver' }]);
    expect(complaints(findings)).to.deep.equal([]);
    const binds = findings.filter(({ check }) => check.endsWith(' bind')).map(({ detail }) => detail);
    expect(binds).to.deep.equal(['bound as transmitter', 'bound as receiver']);
  });

  it('says that an SMSC does not answer', async () => {
    const blackHole = await rig.scripted({ bind_transceiver: () => undefined });
    const { detail, remedy } = findingOf(await examine([blackHole.url], { step: 200 }), 'bind');
    expect(detail).to.equal('it did not answer the bind');
    expect(remedy).to.contain('whether this address may bind');
  });

  it('says that a bound SMSC does not answer', async () => {
    const smsc = await rig.scripted({ enquire_link: () => undefined });
    const { status } = findingOf(await examine([smsc.url], { dead: 200 }), 'enquire_link');
    expect(status).to.equal('failed');
  });

  describe('over TLS', () => {
    const server = async (certificate: Certificate) =>
      rig.scripted({ enquire_link: (client, pdu) => client.answer(pdu) }, { tls: certificate });

    it('tells how long the certificate is good for, and for which names', async () => {
      const certificate = await makeCertificate();
      const { url } = await server(certificate);
      const findings = await examine([
        { host: '127.0.0.1', port: Number(new URL(url).port), tls: { ca: certificate.ca } },
      ]);
      expect(complaints(findings)).to.deep.equal([]);
      expect(findingOf(findings, 'TLS').detail)
        .to.match(/^(89|90) days left/)
        .and.contain('DNS:localhost');
    });

    it('warns of one that ends soon', async () => {
      const certificate = await makeCertificate(undefined, 5);
      const { url } = await server(certificate);
      const tls = { ca: certificate.ca };
      const findings = await examine([{ name: 'main', host: '127.0.0.1', port: Number(new URL(url).port), tls }]);
      expect(complaints(findings)).to.deep.equal(['warning SMSC main TLS']);
    });

    for (const [title, names, days, trusted, reason] of [
      ['that ended', undefined, -1, true, /CERT_HAS_EXPIRED/],
      ['of an authority that is not known', undefined, 90, false, /UNABLE_TO|SELF_SIGNED/],
      ['for another name', 'DNS:other.example.org', 90, true, /ERR_TLS_CERT_ALTNAME_INVALID/],
    ] as const) {
      it(`refuses a certificate ${title}, and never binds`, async () => {
        const certificate = await makeCertificate(names, days);
        const smsc = await server(certificate);
        const port = Number(new URL(smsc.url).port);
        const tls = trusted ? { ca: certificate.ca } : true;
        const findings = await examine([{ name: 'main', host: '127.0.0.1', port, tls }]);
        expect(complaints(findings)).to.deep.equal(['failed SMSC main TLS']);
        expect(findingOf(findings, 'TLS').detail).to.match(reason);
        expect(smsc.received).to.deep.equal([]);
      });
    }

    it('says that a port does not speak TLS', async () => {
      const smsc = await rig.smsc();
      const findings = await examine([
        { name: 'main', host: '127.0.0.1', port: Number(new URL(smsc.url).port), tls: true },
      ]);
      expect(complaints(findings)).to.deep.equal(['failed SMSC main TLS']);
    });
  });
});

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}
