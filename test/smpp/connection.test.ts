import { expect } from 'chai';
import fc from 'fast-check';
import { SmscFailure } from '../../lib/smpp/command-status.ts';
import { Connection, EncodedPdu } from '../../lib/smpp/connection.ts';
import { encode, type Pdu } from '../../lib/smpp/pdu.ts';
import { ReconnectingSession } from '../../lib/smpp/reconnecting-session.ts';
import { readSmppOptions } from '../../lib/smpp/smpp-schema.ts';
import { TIMEOUTS } from '../../lib/smpp/timeouts.ts';
import { type Certificate, makeCertificate } from '../support/certificate-authority.ts';
import { failureOf, message, nameOf, Rig, TEXT, until, untilFailed, untilReady } from './rig.ts';
import type { Client } from './scripted-smsc.ts';

describe('a connection', () => {
  const rig = new Rig();

  describe('ends at once, with a reason,', () => {
    const say = (bytes: Buffer) => ({ connect: ({ socket }: Client) => void socket.write(bytes) });

    it('if the peer is a web server', async () => {
      const peer = await rig.scripted({}, say(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')));
      expect(await untilFailed(rig.transport([peer.url]))).to.equal('the peer speaks HTTP, not SMPP');
      expect(await failureOf(rig.transport([peer.url], { step: 200 }).send(message()))).to.contain('speaks HTTP');
    });

    for (const length of [0, 3, 4, 5, 15, 65_537, 0xffff_ffff]) {
      it(`if a PDU has the length ${length}`, async () => {
        const bytes = Buffer.alloc(16);
        bytes.writeUInt32BE(length);
        const peer = await rig.scripted({}, say(bytes));
        expect(await untilFailed(rig.transport([peer.url]))).to.equal(`a PDU length of ${length} is not SMPP`);
      });
    }

    it('if it is closed inside a PDU', async () => {
      const half = encode('enquire_link', 1).subarray(0, 8);
      const peer = await rig.scripted({}, { connect: ({ socket }) => void socket.end(half) });
      expect(await untilFailed(rig.transport([peer.url]))).to.equal('it closed the connection inside a PDU');
    });
  });

  it('ends if the rest of a PDU does not come', async () => {
    const smsc = await rig.scripted({
      submit_sm: ({ socket }) => void socket.write(encode('enquire_link', 1).subarray(0, 9)),
    });
    const transport = rig.transport([smsc.url], { partialPdu: 50, response: 60_000, send: 60_000 });
    expect(await transport.send(message())).to.include({ status: 'unknown' });
    expect(await untilFailed(transport)).to.equal('the rest of a PDU did not come');
  });

  it('takes PDUs byte by byte', async () => {
    const smsc = await rig.scripted({
      submit_sm: ({ socket }, { sequence }) => {
        socket.setNoDelay();
        for (const byte of encode('submit_sm_resp', sequence, { message_id: 'AB ' })) socket.write(Buffer.from([byte]));
      },
    });
    const result = await rig.transport([smsc.url], { response: 10_000 }).send(message());
    expect(result).to.include({ status: 'accepted', messageId: 'ab' });
  });

  it('does not read on while the peer does not read', async () => {
    const questions = Buffer.concat(Array.from({ length: 4096 }, (_, index) => encode('enquire_link', index + 1)));
    const smsc = await rig.scripted();
    await untilReady(rig.transport([smsc.url]));
    const socket = smsc.clients[0]?.socket;
    socket?.pause();
    for (let megabytes = 0; megabytes < 32; megabytes += 1) socket?.write(Buffer.alloc(2 ** 20, questions));
    let unread = 0;
    const isStuck = async () => {
      const before = unread;
      await new Promise((resolve) => setTimeout(resolve, 200));
      unread = socket?.writableLength ?? 0;
      return unread === before;
    };
    await until(isStuck);
    expect(unread).to.be.greaterThan(0);
  });

  it('is clogged while the peer does not take what is written, and tells when it does', async () => {
    const peer = await rig.scripted({}, { connect: ({ socket }) => void socket.pause() });
    const [smsc] = readSmppOptions({ smscs: [peer.url], source: 'Example' }).smscs;
    if (smsc === undefined) throw new Error('There is no SMSC.');
    let isDrained = false;
    const onDrain = (): void => {
      isDrained = true;
    };
    const connection = new Connection(smsc, TIMEOUTS, { onBytes() {}, onPdu() {}, onDrain });
    await connection.open();
    expect(connection.isBackpressured).to.equal(false);
    while (!connection.isBackpressured) {
      connection.write(new EncodedPdu(Buffer.alloc(2 ** 20, encode('enquire_link', 1))), 1);
    }
    await until(() => peer.clients.length === 1);
    peer.clients[0]?.socket.resume();
    await until(() => isDrained);
    expect(connection.isBackpressured).to.equal(false);
    connection.destroy(new SmscFailure('the test is over'));
  });

  it('goes to another address of the host from a local address if one is dead, or lost', async () => {
    const answers = { bind_transceiver: (client: Client, pdu: Pdu) => client.answer(pdu) };
    const smsc = await rig.scripted(answers);
    const host = { host: 'smsc.example.net', port: Number(new URL(smsc.url).port), localAddress: '127.0.0.1' };
    const [settings] = readSmppOptions({ smscs: [host], source: 'Example' }).smscs;
    if (settings === undefined) throw new Error('There is no SMSC.');
    const asked: string[] = [];
    const failures: string[] = [];
    const session = new ReconnectingSession(
      'transceiver',
      {
        smsc: settings,
        timeouts: { ...TIMEOUTS, shortestPause: 10, longestPause: 20 },
        proven: new Set(),
        resolve(name, { family }, callback) {
          asked.push(`${name} ${family}`);
          callback(
            null,
            ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, family: 4 })),
          );
        },
      },
      {
        onBound: () => undefined,
        onFailure: ({ message: reason }) => void failures.push(reason),
        onDelivery: () => undefined,
        onLateResponse: () => undefined,
        onRoom: () => undefined,
      },
    );
    session.start();
    await until(() => session.isBound);
    expect(asked).to.deep.equal(['smsc.example.net 4', 'smsc.example.net 4']);
    smsc.clients[0]?.socket.destroy();
    await until(() => failures.length === 3 && session.isBound);
    expect(failures).to.deep.equal(['ECONNREFUSED', 'it closed the connection', 'ECONNREFUSED']);
    await session.close();
  });

  it('survives mutated answers: every send settles, and a good SMSC works afterwards', async () => {
    const mutation = fc.record({ at: fc.nat(200), value: fc.nat(255), cut: fc.nat(200) });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 5 }), async (mutations) => {
        const smsc = await rig.scripted({
          submit_sm: ({ socket }, { sequence }) => {
            const good = [encode('deliver_sm', 9, { esm_class: 4, receipted_message_id: 'a', message_state: 2 })];
            const bytes = Buffer.concat([...good, encode('submit_sm_resp', sequence, { message_id: 'abcdef' })]);
            for (const { at, value } of mutations) bytes[at % bytes.length] = value;
            socket.write(bytes.subarray(0, bytes.length - ((mutations[0]?.cut ?? 0) % 20)));
          },
        });
        const transport = rig.transport([smsc.url], { response: 20, step: 20, send: 60, unbind: 20 });
        await transport.send(message()).catch(() => undefined);
        await transport.close();
        await smsc.close();
      }),
      { numRuns: 50, seed: 42 },
    );
    const smsc = await rig.smsc();
    expect(await rig.transport([smsc.url]).send(message())).to.include({ status: 'accepted' });
  });

  describe('with TLS', () => {
    let own: Certificate;
    let foreign: Certificate;
    before(async () => {
      [own, foreign] = await Promise.all([makeCertificate('DNS:localhost'), makeCertificate('DNS:smsc.example.net')]);
    });

    function detailsOf(smsc: { readonly url: string }, tls: { ca?: string; servername?: string } = {}) {
      return { host: 'localhost', port: Number(new URL(smsc.url).port), tls };
    }

    it('checks the certificate and sends the server name', async () => {
      let servername: unknown;
      const smsc = await rig.scripted(
        { submit_sm: (client, pdu) => client.answer(pdu, { message_id: 'a' }) },
        {
          tls: {
            ...own,
            SNICallback: (name, callback) => {
              servername = name;
              callback(null);
            },
          },
        },
      );
      const transport = rig.transport([detailsOf(smsc, { ca: own.ca })]);
      expect(await transport.send(message())).to.include({ status: 'accepted' });
      expect(servername).to.equal('localhost');
    });

    for (const scheme of ['smpps', 'ssmpp']) {
      it(`is what ${scheme}: means, and an unknown authority is refused before a password is sent`, async () => {
        const smsc = await rig.scripted({}, { tls: own });
        const port = new URL(smsc.url).port;
        const transport = rig.transport([`${scheme}://user:hunter2@localhost:${port}`], { step: 60_000 });
        const failure = await failureOf(transport.send(message()));
        expect(failure).to.match(/^localhost:\d+ cannot be used: its certificate was refused: [A-Z_]+$/);
        expect(smsc.received).to.deep.equal([]);
        expect(rig.log.filter((line) => line.includes('error: '))).to.have.lengthOf(1);
      });
    }

    it('refuses a certificate for another name', async () => {
      const smsc = await rig.scripted({}, { tls: foreign });
      const failure = await untilFailed(rig.transport([detailsOf(smsc, { ca: foreign.ca })]));
      expect(failure).to.equal('its certificate was refused: ERR_TLS_CERT_ALTNAME_INVALID');
      expect(smsc.received).to.deep.equal([]);
      await untilReady(rig.transport([detailsOf(smsc, { ca: foreign.ca, servername: 'smsc.example.net' })]));
    });

    it('refuses TLS 1.1', async () => {
      const smsc = await rig.scripted(
        {},
        { tls: { ...own, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } },
      );
      expect(await untilFailed(rig.transport([detailsOf(smsc, { ca: own.ca })]))).to.match(/SSL|EPROTO|ECONNRESET/);
    });

    it('gives up a peer that does not speak it', async () => {
      const smsc = await rig.scripted({}, { isDeaf: true });
      const failure = await untilFailed(rig.transport([detailsOf(smsc)], { step: 200 }));
      expect(failure).to.equal('TLS took more than 200 ms');
    });
  });

  it('without TLS to another machine is warned of once', () => {
    rig.transport(['smpp://192.0.2.1', 'smpp://127.0.0.1', 'smpps://192.0.2.2']);
    expect(rig.log).to.have.lengthOf(1);
    expect(rig.log[0]).to.contain('passwords and codes go in clear to 192.0.2.1:2775');
  });

  it('logs neither code nor number nor password', async () => {
    const smsc = await rig.smsc({ systemId: 'user', password: 'hunter2' });
    const transport = rig.transport([smsc.url]);
    for (const behaviour of [{}, { submitStatus: 0x0b }, { submitStatus: 0x0a }, { reaction: 'drop' }] as const) {
      smsc.behave(behaviour);
      await transport.send(message()).catch(() => undefined);
    }
    await until(() => rig.log.length > 2);
    for (const secret of [TEXT, '492817', '0605', 'hunter2']) expect(rig.log.join('\n')).not.to.contain(secret);
    expect(rig.log.join('\n')).to.contain(nameOf(smsc));
  });
});
