import { expect } from 'chai';
import { smppOptionsFromGluu } from '../../lib/smpp/gluu-properties.ts';
import { problemsIn } from '../support/problems.ts';
import { message, Rig, TO, until } from './rig.ts';

const TABLE = {
  smpp_server: 'smsc.example.net',
  smpp_port: '2775',
  system_id: 'user',
  password: 'secret',
  source_addr_ton: 'ALPHANUMERIC',
  source_addr_npi: 'ISDN',
  source_addr: 'Example',
  dest_addr_ton: 'INTERNATIONAL',
  dest_addr_npi: 'ISDN',
  priority_flag: '2',
  data_coding_alphabet: 'ALPHA_DEFAULT',
};

const problemsOf = (properties: unknown): readonly string[] =>
  problemsIn(() => smppOptionsFromGluu(properties as never));

function namesOf(problems: readonly string[]): readonly string[] {
  return problems.map((problem) => problem.split(':')[0]?.replace('smppOptionsFromGluu.', '') ?? '');
}

describe('a table of properties of Gluu', () => {
  const rig = new Rig();

  it('becomes the options of a transport', () => {
    expect(smppOptionsFromGluu(TABLE)).to.deep.equal({
      smscs: [
        {
          host: 'smsc.example.net',
          port: 2775,
          systemId: 'user',
          password: 'secret',
          serviceType: 'CMT',
          bindMode: 'transmitter',
          priority: 2,
        },
      ],
      source: { address: 'Example', ton: 'ALPHANUMERIC', npi: 'ISDN' },
      destination: { ton: 'INTERNATIONAL', npi: 'ISDN' },
    });
  });

  it('needs no more than a server and a port: the rest is as in the script', () => {
    const sparse = { smpp_server: 'smsc.example.net', smpp_port: '2775' };
    const options = smppOptionsFromGluu(sparse);
    expect(smppOptionsFromGluu({ ...sparse, smpp_port: ' 2775\t' })).to.deep.equal(options);
    expect(options.smscs[0]).to.include({ systemId: '', password: '', priority: 3 });
    expect(options.source).to.deep.equal({ address: 'Gluu OTP', ton: 'ALPHANUMERIC', npi: 'ISDN' });
    const empty = Object.fromEntries(Object.keys(TABLE).map((name) => [name, '']));
    expect(smppOptionsFromGluu({ ...empty, ...sparse })).to.deep.equal(options);
    expect(namesOf(problemsOf({}))).to.deep.equal(['smpp_server', 'smpp_port']);
    expect(namesOf(problemsOf(empty))).to.deep.equal(['smpp_server', 'smpp_port']);
  });

  it('keeps what the script puts on the wire', async () => {
    const smsc = await rig.scripted({
      bind_transmitter: (client, pdu) => client.answer(pdu),
      submit_sm: (client, pdu) => client.answer(pdu, { message_id: 'a' }),
    });
    const { hostname, port } = new URL(smsc.url);
    const options = smppOptionsFromGluu({ smpp_server: hostname, smpp_port: port });
    await rig.transport(options.smscs, {}, options).send(message());
    expect(smsc.commands).to.deep.equal(['bind_transmitter', 'submit_sm']);
    expect(smsc.received[0]?.fields).to.include({ system_id: '', password: '', system_type: '' });
    expect(smsc.received[1]?.fields).to.include({
      service_type: 'CMT',
      source_addr_ton: 5,
      source_addr_npi: 1,
      source_addr: 'Gluu OTP',
      dest_addr_ton: 1,
      dest_addr_npi: 1,
      destination_addr: TO.slice(1),
      priority_flag: 3,
      schedule_delivery_time: '',
      registered_delivery: 0,
      data_coding: 0,
    });
  });

  it('may name a number as the sender, without its plus on the wire', async () => {
    const smsc = await rig.smsc();
    const { hostname, port } = new URL(smsc.url);
    const number = { source_addr: '+46701740600', source_addr_ton: 'INTERNATIONAL' };
    const options = smppOptionsFromGluu({ smpp_server: hostname, smpp_port: port, ...number });
    await rig.transport(options.smscs, {}, options).send(message());
    expect(smsc.submits[0]?.fields).to.include({ source_addr_ton: 1, source_addr: '46701740600' });
  });

  for (const [name, value] of [
    ['smpp_server', 'smpp://smsc.example.net'],
    ['smpp_server', 'smsc.example.net:2775'],
    ['smpp_server', 'a.example.net,b.example.net'],
    ['smpp_server', '"smsc.example.net"'],
    ['smpp_server', ' smsc.example.net'],
    ['smpp_server', '[::1]'],
    ['smpp_server', 'a'.repeat(256)],
    ['smpp_port', '0'],
    ['smpp_port', '27x75'],
    ['system_id', 'sixteencharacter'],
    ['password', 'nul\0'],
    ['source_addr_ton', '5'],
    ['source_addr_npi', 'E164'],
    ['source_addr', 'TwelveChars!'],
    ['dest_addr_ton', 'NATIONAL'],
    ['dest_addr_npi', 'isdn'],
    ['priority_flag', '4'],
    ['data_coding_alphabet', 'ALPHA_LATIN1'],
    ['data_coding_message_class', 'CLASS1'],
  ] as const) {
    it(`is refused with ${name} ${JSON.stringify(value)}`, () => {
      expect(namesOf(problemsOf({ ...TABLE, [name]: value }))).to.deep.equal([name]);
    });
  }

  it('is refused with all problems at once, and without the values', () => {
    const wrong = Object.fromEntries(Object.keys(TABLE).map((name) => [name, 'hunter2\0']));
    expect(namesOf(problemsOf({ ...wrong, smpp_server: 7, colour: 'hunter2' }))).to.have.members([
      ...Object.keys(TABLE).filter((name) => name !== 'source_addr'),
      'colour',
    ]);
    const problems = problemsOf({ ...TABLE, source_addr: 'hunter2hunter2', priority_flag: 'hunter2' });
    expect(namesOf(problems)).to.have.members(['source_addr', 'priority_flag']);
    expect([...problemsOf(wrong), ...problems].join()).not.to.contain('hunter2');
  });

  for (const nothing of [undefined, null, 'smpp_server', []]) {
    it(`is not ${JSON.stringify(nothing)}`, () => {
      expect(problemsOf(nothing)).to.have.lengthOf(1);
    });
  }
});

describe('the log, for those who come from Gluu,', () => {
  const rig = new Rig();

  it('tells that a bind is begun and that it is there, once each, in express-sms-otp:smpp', async () => {
    const smsc = await rig.smsc();
    const transport = rig.transport([smsc.url]);
    const lines = (): readonly string[] =>
      rig.log.filter((line) => line.includes('SMPP Initial')).map((line) => line.replace(/^\S+ /, ''));
    expect(lines()).to.deep.equal([]);
    await transport.send(message());
    smsc.dropConnections();
    await until(() => smsc.binds.length === 2);
    await transport.send(message());
    expect(lines()).to.deep.equal([
      'express-sms-otp:smpp SMPP Initialization',
      'express-sms-otp:smpp SMPP Initialized successfully',
    ]);
  });

  it('does not call it a success if the bind is refused', async () => {
    const smsc = await rig.smsc();
    smsc.behave({ bindStatus: 0x0e });
    await rig
      .transport([smsc.url])
      .send(message())
      .catch(() => undefined);
    expect(rig.log.join()).to.contain('SMPP Initialization').and.not.to.contain('SMPP Initialized');
  });
});
