import { expect } from 'chai';
import { composeFromTemplate, problemsOfTemplates, type SmsTemplates } from '../../lib/domain/message.ts';
import { startSmsc } from '../../lib/simulator/smsc/smsc.ts';
import { SmppTransport } from '../../lib/smpp/index.ts';

const INDIAN = '+919810012345';
const TEMPLATE_ID = '1107160000000000001';
const FACTS = { appName: 'Example', code: '492817', minutes: 5, host: 'app.example.org' };
const REGISTERED = '492817 is the OTP of Example. It is valid for 5 minutes. Do not share it. -EXMPLE';

const templates: SmsTemplates = {
  IN: {
    'sign-in': {
      text: '{code} is the OTP of {app}. It is valid for {minutes} minutes. Do not share it. -EXMPLE',
      templateId: TEMPLATE_ID,
      lastLine: false,
    },
    numberAdded: { text: 'A number was added at {app}. -EXMPLE', templateId: '1107160000000000002' },
  },
  SE: { 'sign-in': { text: 'Din kod: {code}' } },
};

describe('a template of an SMS', () => {
  it('is written byte by byte as it is registered, with its id', () => {
    expect(composeFromTemplate(templates, INDIAN, 'sign-in', FACTS)).to.deep.equal({
      text: REGISTERED,
      templateId: TEMPLATE_ID,
    });
  });

  it('has the last line unless it is told not to, and a notice never has one', () => {
    expect(composeFromTemplate(templates, '+46701740605', 'sign-in', FACTS)).to.deep.equal({
      text: 'Din kod: 492817\n\n@app.example.org #492817',
    });
    expect(composeFromTemplate(templates, INDIAN, 'numberAdded', FACTS)?.text).to.equal(
      'A number was added at Example. -EXMPLE',
    );
  });

  it('is for its country and its occasion only', () => {
    expect(composeFromTemplate(templates, '+12015550123', 'sign-in', FACTS)).to.equal(undefined);
    expect(composeFromTemplate(templates, INDIAN, 'step-up', FACTS)).to.equal(undefined);
  });

  it('puts nothing of a name into a placeholder', () => {
    const facts = { ...FACTS, appName: '{code} $& {minutes}' };
    const text = composeFromTemplate(templates, INDIAN, 'numberAdded', facts)?.text;
    expect(text).to.equal('A number was added at {code} $& {minutes}. -EXMPLE');
  });

  it('reaches the wire as it is, and its id is the TLV', async () => {
    const smsc = await startSmsc();
    const { hostname: host, port } = new URL(smsc.url);
    const transport = new SmppTransport({
      source: 'Example',
      smscs: [{ name: 'in', host, port: Number(port) }],
      routes: [
        {
          to: 'IN',
          smscs: ['in'],
          source: 'EXMPLE',
          tlvs: { 5120: '1101000000000000001', 5121: { templateId: true } },
        },
        { to: '+', smscs: ['in'] },
      ],
    });
    try {
      const sms = composeFromTemplate(templates, INDIAN, 'sign-in', FACTS);
      if (sms === undefined) throw new Error('There is no template.');
      await transport.send({ to: INDIAN, ...sms, expiresAt: new Date(Date.now() + 300_000) });
      const [submit] = smsc.submits;
      expect(submit?.fields).to.deep.include({ source_addr: 'EXMPLE', short_message: Buffer.from(REGISTERED) });
      expect(submit?.tlvs.get(5120)).to.deep.equal(Buffer.from('1101000000000000001\0'));
      expect(submit?.tlvs.get(5121)).to.deep.equal(Buffer.from(`${TEMPLATE_ID}\0`));
    } finally {
      await transport.close();
      await smsc.close();
    }
  });

  it('is refused without its code, with unknown placeholders, and if the country lacks another that is in use', () => {
    expect(problemsOfTemplates(templates, ['sign-in'])).to.deep.equal([]);
    expect(problemsOfTemplates(templates, ['sign-in', 'numberAdded'])).to.deep.equal([
      'SE.numberAdded: is not set, and the country has templates',
    ]);
    const wrong: SmsTemplates = {
      IN: { 'sign-in': { text: '{name}', templateId: 'Ж' }, numberRemoved: { text: '{code}' } },
    };
    expect(problemsOfTemplates(wrong, [])).to.deep.equal([
      'IN.sign-in: must have {code}',
      'IN.sign-in: may have {app}, {code}, {minutes} only',
      'IN.sign-in: its templateId must be 1 to 255 printable ASCII characters',
      'IN.numberRemoved: may have {app} only',
    ]);
  });
});
