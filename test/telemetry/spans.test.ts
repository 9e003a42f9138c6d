import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { instrumentSmsOtp } from '../../lib/telemetry/index.ts';
import { postJson, type TestApp, testApp } from '../support/app.ts';
import { wrongCode } from '../support/attack.ts';
import { hearAll } from '../support/events.ts';

describe('the spans', () => {
  let exporter: InMemorySpanExporter;
  let app: TestApp;
  let stop: () => void;

  beforeEach(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    exporter = new InMemorySpanExporter();
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const tracer = tracerProvider.getTracer('the app');
    app = testApp({
      before: (express) =>
        express.use((req, res, next) => {
          const span = tracer.startSpan(`${req.method} ${req.path}`);
          res.on('finish', () => span.end());
          context.with(trace.setSpan(context.active(), span), next);
        }),
    });
    stop = instrumentSmsOtp(app.otp, { tracerProvider });
  });

  afterEach(() => {
    stop();
    context.disable();
  });

  it('of a send and of a check are children of their requests', async () => {
    await app.signedIn();
    for (const [name, request] of [
      ['sms_otp.send', 'POST /auth/login'],
      ['sms_otp.verify', 'POST /auth/code'],
    ] as const) {
      const parent = exporter.getFinishedSpans().find((span) => span.name === request);
      const child = exporter.getFinishedSpans().find((span) => span.name === name);
      expect(parent).to.not.equal(undefined);
      expect(child?.parentSpanContext?.spanId, name).to.equal(parent?.spanContext().spanId);
    }
  });

  it('last as long as the event says, up to its time', async () => {
    const { otp, clock } = app;
    const time = new Date(clock.now());
    const number = { number: 'a hash', block: 'another', country: 'SE' } as const;
    const facts = { time, ...number, purpose: 'sign-in', status: 'accepted', smsc: 'a', resend: false } as const;
    otp.events.emit('codeSent', { ...facts, milliseconds: 1500 });
    const [span] = exporter.getFinishedSpans();
    expect(span?.duration).to.deep.equal([1, 500_000_000]);
    expect(span?.endTime).to.deep.equal([time.getTime() / 1000, 0]);
    expect(span?.kind).to.equal(SpanKind.CLIENT);
    expect(span?.attributes).to.deep.equal({
      'sms_otp.purpose': 'sign-in',
      'sms_otp.country': 'SE',
      'sms_otp.smsc': 'a',
      'sms_otp.status': 'accepted',
      'sms_otp.resend': false,
    });
  });

  it('hold neither a user, nor a number, nor a hash of one', async () => {
    const heard = hearAll(app.otp.events);
    await app.signedIn();
    const personal = heard.flatMap(({ userId, number, block, address }) => [userId, number, block, address]);
    const own = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('sms_otp.'));
    const values = own.flatMap(({ name, attributes }) => [name, ...Object.values(attributes)]);
    expect(values).to.include.members(['sms_otp.send', 'sms_otp.verify', 'SE', 'sign-in']);
    expect(values.filter((value) => personal.includes(value) || /\d{4}/.test(String(value)))).to.deep.equal([]);
  });

  it('name what went wrong, and are errors only if a dependency failed', async () => {
    const { agent, transport, signedIn } = app;
    const jar = await signedIn('ada', 'password');
    await postJson(jar, '/auth/code', { code: wrongCode(transport.lastCode()) }).expect(401);
    transport.mode = 'reject';
    await postJson(agent(), '/auth/login', { username: 'ada', password: 'lovelace' }).expect(503);
    const told = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('sms_otp.'));
    expect(told.map(({ name, attributes, status }) => [name, attributes['error.type'], status.code])).to.deep.equal([
      ['sms_otp.send', undefined, SpanStatusCode.UNSET],
      ['sms_otp.verify', 'INVALID_CODE', SpanStatusCode.UNSET],
      ['sms_otp.send', 'SMS_UNAVAILABLE', SpanStatusCode.ERROR],
    ]);
  });
});
