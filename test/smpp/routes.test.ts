import { expect } from 'chai';
import fc from 'fast-check';
import type { RouteOptions, SmppTransportOptions } from '../../lib/smpp/index.ts';
import { Routes } from '../../lib/smpp/routes.ts';
import { readSmppOptions } from '../../lib/smpp/smpp-schema.ts';
import { problemsIn } from '../support/problems.ts';
import { failureOf, message, Rig, until, untilReady } from './rig.ts';

const INDIAN = '+919810012345';
const SWEDISH = '+46701740605';
const AMERICAN = '+12015550123';
const CANADIAN = '+15062345678';
const HOSTS = ['in', 'eu', 'us'].map((name) => ({ name, host: 'smsc.example.net' }));

const problemsOf = (options: Partial<SmppTransportOptions>): readonly string[] =>
  problemsIn(() => readSmppOptions({ smscs: HOSTS, source: 'Example', ...options }));

describe('routes', () => {
  const rig = new Rig();

  /** SMSCs by name; tells for each the sender of each message it got. */
  async function network(names: readonly string[], routes: readonly RouteOptions[], own: object = {}) {
    const smscs = await Promise.all(names.map(async (name) => ({ name, smsc: await rig.smsc() })));
    const accounts = smscs.map(({ name, smsc: { url } }) => ({
      name,
      host: '127.0.0.1',
      port: Number(new URL(url).port),
      ...(own as Record<string, object>)[name],
    }));
    const transport = rig.transport(accounts, {}, { routes });
    await untilReady(transport);
    const got = () => Object.fromEntries(smscs.map(({ name, smsc }) => [name, smsc.messages.map(({ from }) => from)]));
    const smsc = (name: string) => {
      const found = smscs.find((it) => it.name === name)?.smsc;
      if (found === undefined) throw new Error(`There is no SMSC ${name}.`);
      return found;
    };
    return { transport, got, smsc };
  }

  it('take messages by prefix and by country, each with its own sender, and all others elsewhere', async () => {
    const { transport, got } = await network(
      ['in', 'us', 'eu'],
      [
        { to: 'IN', smscs: ['in'], source: 'EXMPLE' },
        { to: ['US'], smscs: ['us'], source: '12345' },
      ],
    );
    for (const to of [INDIAN, AMERICAN, SWEDISH, CANADIAN]) await transport.send(message({ to }));
    expect(got()).to.deep.equal({ in: ['EXMPLE'], us: ['12345'], eu: ['Example', 'Example'] });
  });

  it('are named in results, in health and in stats', async () => {
    const { transport, smsc } = await network(['in', 'eu'], [{ to: ['IN', '+94'], smscs: ['in'] }]);
    expect(await transport.send(message({ to: INDIAN }))).to.include({
      status: 'accepted',
      smsc: 'in',
      route: 'IN, +94',
    });
    smsc('eu').behave({ submitStatus: 0x0b });
    await transport.send(message({ to: SWEDISH }));
    expect(transport.stats().routes).to.deep.equal({
      'IN, +94': { accepted: 1, refused: 0, unknown: 0, failed: 0 },
      '+': { accepted: 0, refused: 1, unknown: 0, failed: 0 },
    });
    smsc('in').behave({ isDown: true });
    await until(async () => (await transport.health()).routes?.['IN, +94'] === 'down');
    expect(await transport.health()).to.deep.include({
      status: 'degraded',
      routes: { 'IN, +94': 'down', '+': 'ready' },
    });
  });

  it('prefer the longest prefix, and the country to a prefix of the same length', async () => {
    const { transport } = await network(
      ['a', 'b'],
      [
        { to: '+', smscs: ['a'] },
        { to: '+1', smscs: ['a'] },
        { to: 'CA', smscs: ['a'] },
        { to: '+1201555', smscs: ['b'] },
        { to: '+46', smscs: ['a'] },
        { to: 'SE', smscs: ['b'] },
      ],
    );
    const routeOf = async (to: string) => {
      const result = await transport.send(message({ to }));
      return result.status === 'refused' ? undefined : result.route;
    };
    expect(await routeOf(AMERICAN)).to.equal('+1201555');
    expect(await routeOf('+12025550123')).to.equal('+1');
    expect(await routeOf(CANADIAN)).to.equal('CA');
    expect(await routeOf(SWEDISH)).to.equal('SE');
    expect(await routeOf(INDIAN)).to.equal('+');
  });

  it('find what a search of all prefixes finds', () => {
    const digits = fc.stringMatching(/^[0-4]{0,4}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(digits, { minLength: 1, maxLength: 20 }),
        fc.stringMatching(/^[1-4][0-4]{7}$/),
        (all, to) => {
          const smscs = HOSTS.slice(0, 1).map(({ name, host }) => ({ name, host }));
          const prefixes = [...new Set(['', ...all])];
          const routes = prefixes.map((prefix) => ({ to: `+${prefix}`, smscs: ['in'] }));
          const longest = prefixes.filter((prefix) => to.startsWith(prefix)).sort((a, b) => b.length - a.length)[0];
          const settings = readSmppOptions({ source: 'Example', smscs, routes });
          expect(new Routes(settings, []).find(to).name).to.equal(`+${longest}`);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keep failover among their SMSCs, with the sender that each knows', async () => {
    const { transport, got, smsc } = await network(['one', 'two', 'far'], [{ to: 'SE', smscs: ['one', 'two'] }], {
      one: { source: 'ONE' },
      two: { source: 'TWO' },
    });
    smsc('one').behave({ submitStatus: 0x08 });
    expect(await transport.send(message({ to: SWEDISH }))).to.include({ smsc: 'two' });
    expect(got()).to.deep.equal({ one: ['ONE'], two: ['TWO'], far: [] });
    smsc('two').behave({ submitStatus: 0x08 });
    expect(await failureOf(transport.send(message({ to: SWEDISH })))).to.match(/^one .*; two /);
    expect(got().far).to.deep.equal([]);
  });

  it('go on if one operator dies, with the sender that the other has registered', async () => {
    const { transport, smsc } = await network(['one', 'two'], [], { one: { source: 'ONE' }, two: { source: 'TWO' } });
    smsc('one').behave({ senders: ['ONE'] });
    smsc('two').behave({ senders: ['TWO'] });
    for (const _ of [1, 2, 3]) expect(await transport.send(message())).to.include({ status: 'accepted', smsc: 'one' });
    smsc('one').behave({ isDown: true });
    expect(await transport.send(message())).to.include({ status: 'accepted', smsc: 'two' });
  });

  it('write TLVs, those of the route before those of the SMSC, and the template of each text', async () => {
    const { transport, smsc } = await network(
      ['in', 'eu'],
      [
        {
          to: 'IN',
          smscs: ['in'],
          tlvs: { 5121: { templateId: true }, 5122: { octets: { templateId: true } }, 5123: 'route' },
        },
      ],
      { in: { tlvs: { 5120: '1101', 5123: 'smsc', 8192: { number: 258, length: 2 }, 8193: Uint8Array.of(0, 255) } } },
    );
    smsc('in').behave({ requiredTlvs: [0x1400, 0x1401] });
    const sent = { ...message({ to: INDIAN }), templateId: '1107160000000000001' };
    expect(await transport.send(sent)).to.include({ status: 'accepted', smsc: 'in' });
    expect(smsc('in').submits[0]?.tlvs).to.deep.equal(
      new Map([
        [0x1400, Buffer.from('1101\0')],
        [0x1401, Buffer.from('1107160000000000001\0')],
        [0x1402, Buffer.from('1107160000000000001')],
        [0x1403, Buffer.from('route\0')],
        [0x2000, Buffer.from([1, 2])],
        [0x2001, Buffer.from([0, 255])],
      ]),
    );
  });

  it('send nothing without a template if they need one', async () => {
    const { transport, smsc } = await network(
      ['in'],
      [{ to: '+', smscs: ['in'], tlvs: { 5121: { templateId: true } } }],
    );
    expect(await failureOf(transport.send(message()))).to.contain('need a templateId');
    expect(smsc('in').submits).to.deep.equal([]);
    await transport.send({ ...message(), templateId: '1107' });
    expect(smsc('in').submits).to.have.length(1);
    expect(transport.stats().smscs.in).to.include({ inFlight: 0 });
  });

  describe('are refused at start', () => {
    for (const [title, options, problem] of [
      [
        'with an SMSC that there is not',
        { routes: [{ to: 'IN', smscs: ['nobody'] }] },
        'names an SMSC that there is not',
      ],
      ['twice for the same', { routes: [{ to: 'IN' }, { to: ['SE', 'IN'] }] }, 'two routes for the same'],
      [
        'if they name all SMSCs, and none is for all other numbers',
        { routes: [{ to: 'IN', smscs: ['in', 'eu', 'us'] }] },
        "add one to '+'",
      ],
      [
        'without SMSCs if all are named',
        { routes: [{ to: '+', smscs: ['in', 'eu', 'us'] }, { to: 'IN' }] },
        'each route needs its smscs',
      ],
      ['for what is neither a prefix nor a country', { routes: [{ to: 'India' }] }, 'must be a prefix'],
      ['with a tag that we write ourselves', { routes: [{ to: '+', tlvs: { 1060: 'x' } }] }, 'must be a tag'],
      [
        'with a number that does not fit',
        { routes: [{ to: '+', tlvs: { 5120: { number: 256, length: 1 } } }] },
        'length',
      ],
      ['with a text that is not ASCII', { routes: [{ to: '+', tlvs: { 5120: 'Ж' } }] }, 'must be a text'],
    ] as const) {
      it(title, () => {
        const problems = problemsOf(options as Partial<SmppTransportOptions>);
        expect(problems).to.have.length(1);
        expect(problems[0]).to.contain(problem);
      });
    }
  });
});
