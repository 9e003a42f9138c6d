import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { ScriptedSmsc } from '../../smpp/scripted-smsc.ts';
import { type Certificate, makeCertificate } from '../../support/certificate-authority.ts';
import { useClosing } from '../../support/closing.ts';
import { requirePeer } from '../../support/peers.ts';
import { HealthyApp, NUMBER } from '../../support/planted-faults.ts';

describe('the doctor and a fault of the SMSC', () => {
  const keep = useClosing();
  let app: HealthyApp;

  before(async function () {
    requirePeer(this, 'openssl');
    app = await HealthyApp.start();
  });

  afterEach(() => app.smsc.behave({}));

  after(() => app?.close());

  const portOf = (url: string) => Number(new URL(url).port);

  async function overTls(certificate: Certificate, isTrusted = true) {
    const smsc = keep(
      await ScriptedSmsc.start({ enquire_link: (client, pdu) => client.answer(pdu) }, { tls: certificate }),
    );
    return app.operator({ port: portOf(smsc.url), tls: isTrusted ? { ca: certificate.ca } : true });
  }

  async function listening(server: ReturnType<typeof createTcpServer>) {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    keep({ close: async () => void server.close() });
    return app.operator({ port: (server.address() as AddressInfo).port }, { step: 1000 });
  }

  const bindStatus = (title: string, status: number, finding: string, detail: RegExp, remedy: RegExp) => ({
    title: `a bind that is refused with ${title}`,
    finding,
    detail,
    remedy,
    plant: () => app.misroute({ bindStatus: status }),
  });

  const refusedSms = (submitStatus: number, detail: RegExp, remedy: RegExp) => ({
    title: `a test SMS that is refused with 0x${submitStatus.toString(16)}`,
    finding: 'failed test SMS',
    detail,
    remedy,
    plant: () => app.misroute({ submitStatus }),
    wish: { sendTo: NUMBER },
  });

  HealthyApp.test(
    () => app,
    [
      {
        title: 'a wrong port',
        finding: 'failed SMSC main TCP',
        detail: /nobody listens there/,
        remedy: /host and port/,
        plant: () => app.operator({ port: 1 }),
      },
      {
        title: 'a name that is not known',
        finding: 'failed SMSC main name',
        detail: /name is not known|no name server/,
        remedy: /name spelt right/,
        plant: () => app.operator({ host: 'smsc.invalid', tls: true }),
      },
      {
        title: 'a wrong password',
        finding: 'failed SMSC main bind',
        detail: /0x0E|INVPASWD/i,
        remedy: /Compare password/,
        plant: () => app.operator({ password: 'wrong-pw' }),
      },
      {
        title: 'a wrong system id',
        finding: 'failed SMSC main bind',
        detail: /0x0F|INVSYSID/i,
        remedy: /Compare systemId/,
        plant: () => app.operator({ systemId: 'another' }),
      },
      bindStatus('0x0d', 0x0d, 'failed SMSC main bind', /0x0D|BINDFAIL/i, /[Aa]ccount|binds/),
      bindStatus('0x05', 0x05, 'skipped SMSC main bind', /another process holds the bind/, /stop a process/),
      bindStatus('0x53', 0x53, 'failed SMSC main bind', /0x53|SYSTYP/i, /Compare systemType/),
      {
        title: 'an account for another kind of bind',
        finding: 'warning SMSC main bind',
        detail: /bound as transmitter only/,
        remedy: /bindMode: 'transmitter'/,
        async plant() {
          const answers: Parameters<typeof ScriptedSmsc.start>[0] = {
            bind_transceiver: (client, pdu) => client.answer(pdu, {}, 0x04),
            bind_transmitter: (client, pdu) => client.answer(pdu),
            enquire_link: (client, pdu) => client.answer(pdu),
          };
          return app.operator({ port: portOf(keep(await ScriptedSmsc.start(answers)).url) });
        },
      },
      bindStatus('0x04 in each mode', 0x04, 'failed SMSC main bind', /0x04|INVBNDSTS/i, /bindMode/),
      {
        title: 'TLS spoken to a port in clear',
        finding: 'failed SMSC main TLS',
        detail: /./,
        remedy: /Does this port speak TLS/,
        plant: () => app.operator({ tls: true }, { step: 2000 }),
      },
      {
        title: 'a TLS port spoken to in clear',
        finding: 'failed SMSC main bind',
        detail: /the port speaks TLS, this connection is in clear/,
        remedy: /smpps:\/\/|tls: true/,
        async plant() {
          const smsc = keep(await ScriptedSmsc.start({}, { tls: await makeCertificate() }));
          return app.operator({ port: portOf(smsc.url) }, { step: 2000 });
        },
      },
      {
        title: 'a certificate of a private authority that is not given',
        finding: 'failed SMSC main TLS',
        detail: /certificate is refused .*(SELF_SIGNED|UNABLE_TO_VERIFY)/,
        remedy: /tls\.ca/,
        plant: async () => overTls(await makeCertificate(), false),
      },
      {
        title: 'a certificate that ended',
        finding: 'failed SMSC main TLS',
        detail: /CERT_HAS_EXPIRED/,
        remedy: /needs a new certificate/,
        plant: async () => overTls(await makeCertificate(undefined, -1)),
      },
      {
        title: 'a certificate for another name',
        finding: 'failed SMSC main TLS',
        detail: /ALTNAME_INVALID .*other\.example\.org/,
        remedy: /tls\.servername/,
        plant: async () => overTls(await makeCertificate('DNS:other.example.org')),
      },
      {
        title: 'a certificate with 9 days left',
        finding: 'warning SMSC main TLS',
        detail: /[89] days left/,
        remedy: /needs a new certificate/,
        plant: async () => overTls(await makeCertificate(undefined, 9)),
      },
      {
        title: 'a server that takes connections and says nothing',
        finding: 'failed SMSC main bind',
        detail: /did not answer the bind|no answer/,
        remedy: /whether this address may bind/,
        plant: async () => listening(createTcpServer()),
      },
      {
        title: 'a web server',
        finding: 'failed SMSC main bind',
        detail: /speaks HTTP/,
        remedy: /port for SMPP/,
        plant: async () => listening(createServer((_req, res) => void res.end('hello'))),
      },
      {
        title: 'a server that closes each connection at once',
        finding: /^failed SMSC main (TLS|bind)$/,
        detail: /clos|reset|ended/i,
        remedy: /whether this address may bind/,
        plant: async () => listening(createTcpServer((socket) => void socket.destroy())),
      },
      {
        title: 'a half-open server, which ends its own side of each connection',
        finding: 'failed SMSC main bind',
        detail: /^it closed the connection$/,
        remedy: /whether this address may bind/,
        plant: async () => listening(createTcpServer({ allowHalfOpen: true }, (socket) => void socket.end())),
      },
      {
        title: 'a bound SMSC that does not answer',
        finding: 'failed SMSC main enquire_link',
        detail: /no answer|did not answer/,
        remedy: /must answer enquire_link/,
        async plant() {
          return app.operator({ port: portOf(keep(await ScriptedSmsc.start()).url) }, { dead: 500 });
        },
      },
      refusedSms(0x0a, /0x0A|INVSRCADR/i, /Compare source/),
      refusedSms(0x0b, /refuses the number/, /mobile number/),
      refusedSms(0x58, /0x58|THROTTLED/i, /messagesPerSecond/),
      refusedSms(0x14, /0x14|MSGQFUL/i, /queue of the SMSC is full/),
      refusedSms(0x08, /0x08|SYSERR/i, /again in a minute/),
      refusedSms(0x45, /0x45|SUBMITFAIL/i, /again in a minute/),
      refusedSms(0x400, /0x0*400/i, /again in a minute/),
      refusedSms(0x15, /0x15|SERTYP/i, /Compare serviceType/),
      refusedSms(0x06, /0x06|PRTFLG/i, /priority: 0/),
      refusedSms(0x07, /0x07|REGDLVFLG/i, /requestReceipts: false/),
      refusedSms(0x62, /0x62|EXPIRY/i, /validityPeriod/),
      refusedSms(0xc3, /0xC3|MISSINGOPTPARAM/i, /Compare tlvs/),
      {
        title: 'a receipt that does not come',
        finding: 'warning test SMS receipt',
        detail: /none came in time/,
        remedy: /phone on.*whether receipts are on/,
        plant: () => app.misroute({ receipt: 'none' }),
        wish: { sendTo: NUMBER, receiptMilliseconds: 100 },
      },
      {
        title: 'a test SMS that is not delivered',
        finding: 'failed test SMS receipt',
        detail: /not delivered \(failed/,
        remedy: /in service.*operator/,
        plant: () => app.misroute({ receipt: 'failed' }),
        wish: { sendTo: NUMBER },
      },
      {
        title: 'an SMSC that never answers a submit',
        finding: 'warning test SMS',
        detail: /sent, but not answered/,
        remedy: /why submits are not answered/,
        plant: () => ({
          ...app.misroute({ reaction: 'silence' }),
          ...app.operator({}, { response: 500, send: 1_000 }),
        }),
        wish: { sendTo: NUMBER, receiptMilliseconds: 100 },
      },
      {
        title: 'an SMSC that answers too late',
        finding: 'warning test SMS',
        detail: /sent, but not answered/,
        remedy: /why submits are not answered/,
        plant: () => ({
          ...app.misroute({ answerAfterMilliseconds: 3_000 }),
          ...app.operator({}, { response: 500, send: 1_000 }),
        }),
        wish: { sendTo: NUMBER, receiptMilliseconds: 100 },
      },
      {
        title: 'a number of a country that gets no code',
        finding: 'failed test SMS',
        detail: /not in allowedCountries/,
        remedy: /Add the country/,
        plant: () => ({ allowedCountries: ['NO'] }),
        wish: { sendTo: NUMBER },
      },
      {
        title: 'a number for the test SMS that is none',
        finding: 'failed test SMS',
        detail: /not a phone number/,
        remedy: /Write it as/,
        plant: () => ({}),
        wish: { sendTo: 'hello' },
      },
    ],
  );
});
