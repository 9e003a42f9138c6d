import { expect } from 'chai';
import { readSmppOptions } from '../../lib/smpp/smpp-schema.ts';
import { problemsIn } from '../support/problems.ts';
import { inProduction } from '../support/production.ts';

const GOOD = { smscs: ['smpps://user:password@smsc.example.net:3551'], source: 'Example' };

const problemsOf = (options: unknown): readonly string[] => problemsIn(() => readSmppOptions(options as never));

describe('the options of SmppTransport', () => {
  it('are fine with a URL and a source', () => {
    const { smscs, source, destination } = readSmppOptions(GOOD);
    expect(smscs).to.deep.equal([
      {
        name: 'smsc.example.net:3551',
        host: 'smsc.example.net',
        port: 3551,
        tls: {},
        systemId: 'user',
        password: 'password',
        systemType: '',
        serviceType: '',
        interfaceVersion: 0x34,
        addressRange: { address: '', ton: 0, npi: 0 },
        bindMode: 'transceiver',
        binds: 1,
        priority: 1,
        window: 10,
        validityPeriod: 'relative',
        gsmDataCoding: 0,
        requestReceipts: true,
        receiptStates: {},
        messageIdFormat: 'auto',
        statusClasses: {},
        tlvs: {},
      },
    ]);
    expect(source).to.deep.equal({ address: 'Example', ton: 5, npi: 0 });
    expect(destination).to.deep.equal({ ton: 1, npi: 1 });
  });

  it('may say more of an SMSC by an object', () => {
    const { smscs } = readSmppOptions({
      source: 'Example',
      smscs: [{ name: 'main', host: '::1', systemType: 'SMPP', serviceType: 'CMT', window: 2 }],
    });
    expect(smscs[0]).to.include({ name: 'main', host: '::1', port: 2775, tls: undefined, systemId: '', window: 2 });
  });

  it('may say more of how an SMSC is used', () => {
    const more = {
      binds: 2,
      messagesPerSecond: 12.5,
      idleUnbindSeconds: 30,
      bindMode: 'transmitter+receiver',
      validityPeriod: 'absolute',
      messageIdFormat: 'hex',
      statusClasses: { 1024: 'number' },
    } as const;
    const { smscs } = readSmppOptions({ source: 'Example', smscs: [{ host: 'a', ...more }] });
    expect(smscs[0]).to.deep.include(more);
    const addressRange = { address: '^467', ton: 0, npi: 0 };
    expect(
      readSmppOptions({ source: 'Example', smscs: [{ host: 'a', addressRange: '^467' }] }).smscs[0],
    ).to.deep.include({
      addressRange,
    });
    const fromJson = { host: 'a', statusClasses: { '0x401': 'number', '1026': 'route' } } as const;
    expect(readSmppOptions({ source: 'Example', smscs: [fromJson] }).smscs[0]?.statusClasses).to.deep.equal({
      1025: 'number',
      1026: 'route',
    });
  });

  it('have default ports, percent signs in names and passwords, and IPv6', () => {
    const ports = ['smpp://localhost', 'smpps://a', 'ssmpp://b/'].map(
      (url) => readSmppOptions({ ...GOOD, smscs: [url] }).smscs[0]?.port,
    );
    expect(ports).to.deep.equal([2775, 3550, 3550]);
    const [smsc] = readSmppOptions({ ...GOOD, smscs: ['smpps://us%40er:p%3Ass@[2001:db8::1]:3'] }).smscs;
    expect(smsc).to.include({ systemId: 'us@er', password: 'p:ss', host: '2001:db8::1', name: '2001:db8::1:3' });
  });

  for (const url of [
    'http://smsc.example.net',
    'tls://smsc.example.net',
    'smsc.example.net:2775',
    'smpp://',
    'smpps://host:99999',
    'smpps://host/path',
    'smpps://host?tls=no',
    'smpps://us%er@host',
    '',
  ]) {
    it(`refuse the SMSC ${JSON.stringify(url)}`, () => {
      expect(problemsOf({ ...GOOD, smscs: [url] })).to.have.lengthOf(1);
    });
  }

  it('take each way to write a host, and nothing with more in it', () => {
    for (const host of ['smsc', 'smsc_1.example.net.', '192.0.2.7', '::1', 'fe80::1%eth0', 'smsc.bücher.example'])
      expect(problemsOf({ ...GOOD, smscs: [{ host }] }), host).to.deep.equal([]);
    for (const host of ['', 'smpps://smsc', 'smsc:3550', 'smsc/a', 'user@smsc', '[::1]', 'a b', 'a..b', 'a\0'])
      expect(problemsOf({ ...GOOD, smscs: [{ host }] }), host).to.deep.equal([
        'SmppTransport.smscs.0.host: must be a host name or address, without a scheme, a port or brackets',
      ]);
  });

  it('take numbers and kinds of address by name and by number', () => {
    const sources = ['+46701740605', { address: '12345', ton: 'NETWORK_SPECIFIC' as const, npi: 0 }].map(
      (source) => readSmppOptions({ ...GOOD, source }).source,
    );
    expect(sources).to.deep.equal([
      { address: '46701740605', ton: 1, npi: 1 },
      { address: '12345', ton: 3, npi: 0 },
    ]);
    const { destination } = readSmppOptions({ ...GOOD, destination: { ton: 'UNKNOWN', npi: 'LAND_MOBILE' } });
    expect(destination).to.deep.equal({ ton: 0, npi: 6 });
  });

  for (const source of ['', 'TwelveChars!', 'Åsa`', 'nul\0', 'über', '123456789012345678901']) {
    it(`refuse the source ${JSON.stringify(source)}`, () => {
      expect(problemsOf({ ...GOOD, source })).to.have.lengthOf(1);
    });
  }

  it('count a sender in GSM characters', () => {
    expect(problemsOf({ ...GOOD, source: 'ElevenChars' })).to.deep.equal([]);
    expect(problemsOf({ ...GOOD, source: 'Ten[Chars]' })).to.have.lengthOf(1);
  });

  it('are refused with all problems at once, and without their values', () => {
    const secret = 'hunter2\0hunter2';
    const problems = problemsOf({
      smscs: [
        'http://user:hunter2@host',
        { host: 'a', password: secret, port: 0, bindMode: 'hunter2', priority: 4, colour: 'hunter2' },
        { host: 'b', binds: 0, messagesPerSecond: 0, idleUnbindSeconds: 0.5, addressRange: 'hunter2'.repeat(6) },
        { host: 'c', validityPeriod: 'hunter2', messageIdFormat: 'hunter2', statusClasses: { 1024: 'hunter2' } },
        { host: 'd', statusClasses: { 0: 'number', hunter3: 'number' } },
      ],
      source: { address: 'hunter2hunter2', ton: 'hunter2' },
      destination: { npi: 256 },
      allowInsecure: ['hunter2'],
      hunger: 2,
    });
    expect(problems.map((problem) => problem.split(':')[0])).to.have.members([
      'SmppTransport.smscs.0',
      'SmppTransport.smscs.1.password',
      'SmppTransport.smscs.1.port',
      'SmppTransport.smscs.1.bindMode',
      'SmppTransport.smscs.1.priority',
      'SmppTransport.smscs.1.colour',
      'SmppTransport.smscs.2.binds',
      'SmppTransport.smscs.2.messagesPerSecond',
      'SmppTransport.smscs.2.idleUnbindSeconds',
      'SmppTransport.smscs.2.addressRange',
      'SmppTransport.smscs.3.validityPeriod',
      'SmppTransport.smscs.3.messageIdFormat',
      'SmppTransport.smscs.3.statusClasses.1024',
      'SmppTransport.smscs.4.statusClasses.0',
      'SmppTransport.smscs.4.statusClasses.hunter3',
      'SmppTransport.source.ton',
      'SmppTransport.destination.npi',
      'SmppTransport.allowInsecure.0',
      'SmppTransport.hunger',
    ]);
    expect(problems.join()).not.to.contain('hunter2');
  });

  it('want an SMSC at least, and a name of its own for each', () => {
    expect(problemsOf({ ...GOOD, smscs: [] })).to.have.lengthOf(1);
    expect(problemsOf({ ...GOOD, smscs: ['smpps://a', 'smpps://user@a:3550'] })).to.deep.equal([
      'SmppTransport.smscs: each SMSC needs a name of its own',
    ]);
  });

  for (const nothing of [undefined, null, 'smpps://a', 7, []]) {
    it(`are not ${JSON.stringify(nothing)}`, () => {
      expect(problemsOf(nothing)).to.have.lengthOf(1);
    });
  }

  it('refuse a certificate that cannot be read', () => {
    expect(problemsOf({ ...GOOD, smscs: [{ host: 'a', tls: { cert: 'no certificate' } }] })).to.deep.equal([
      'SmppTransport.smscs.0.tls: has a certificate or key that cannot be read',
    ]);
  });

  it('cannot turn the check of certificates off', () => {
    expect(problemsOf({ ...GOOD, smscs: [{ host: 'a', tls: { rejectUnauthorized: false } }] })).to.have.lengthOf(1);
  });

  it('refuse plain SMPP to another machine in production, unless it is allowed', async () => {
    const plain = { ...GOOD, smscs: ['smpps://a', 'smpp://smsc.example.net'] };
    expect(await inProduction(() => problemsOf(plain))).to.have.lengthOf(1);
    expect(await inProduction(() => problemsOf({ ...plain, allowInsecure: ['plainSmpp'] }))).to.deep.equal([]);
    expect(
      await inProduction(() =>
        problemsOf({ ...GOOD, smscs: ['smpp://127.0.0.1', 'smpp://[::1]', 'smpp://localhost'] }),
      ),
    ).to.deep.equal([]);
    expect(problemsOf(plain)).to.deep.equal([]);
  });
});
