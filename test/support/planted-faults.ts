import { expect } from 'chai';
import { examineOptions, type Wish } from '../../lib/cli/doctor/examination.ts';
import { LdapUserStore, type LdapUserStoreOptions } from '../../lib/ldap/index.ts';
import type { SmsOtpOptions } from '../../lib/options.ts';
import type { DirectoryBehaviour } from '../../lib/simulator/directory/behaviour.ts';
import type { DirectorySimulator } from '../../lib/simulator/directory/directory.ts';
import { startDirectory } from '../../lib/simulator/directory/directory.ts';
import type { Behaviour } from '../../lib/simulator/smsc/behaviour.ts';
import { type SmscSimulator, startSmsc } from '../../lib/simulator/smsc/smsc.ts';
import type { SmscOptions } from '../../lib/smpp/smpp-options.ts';
import { SmppTransport } from '../../lib/smpp/smpp-transport.ts';
import { TIMEOUTS, type Timeouts } from '../../lib/smpp/timeouts.ts';
import { MemoryUserStore } from '../../lib/state/memory-user-store.ts';
import { collect } from './findings.ts';

/** Nothing of these may be in what the doctor prints. */
const SECRETS = /Zk3v9|smpp-pw|lovelace|"service"|4670174060|0701740|wrong-pw/;
export const SECRET = 'Zk3v9QmT7xLw2RpY8sHd4NbG6fJc1VaE';
export const NUMBER = '+46701740605';

/** A fault to plant, and what the doctor must say of it. */
export interface PlantedFault {
  readonly title: string;
  /** As `failed SMSC main bind`. */
  readonly finding: string | RegExp;
  /** The words that name the fault. */
  readonly detail: RegExp;
  /** The words that lead to its mending. */
  readonly remedy: RegExp;
  readonly plant: () => Partial<SmsOtpOptions> | Promise<Partial<SmsOtpOptions>>;
  readonly wish?: Partial<Wish>;
}

/** An app with everything in order: an SMSC and a directory that can be told to misbehave. */
export class HealthyApp {
  readonly smsc: SmscSimulator;
  readonly directory: DirectorySimulator;

  static async start(): Promise<HealthyApp> {
    return new HealthyApp(await startSmsc({ systemId: 'otp', password: 'smpp-pw' }), await startDirectory());
  }

  private constructor(smsc: SmscSimulator, directory: DirectorySimulator) {
    this.smsc = smsc;
    this.directory = directory;
  }

  operator(changes: Partial<SmscOptions> = {}, timeouts: Partial<Timeouts> = {}): Partial<SmsOtpOptions> {
    const port = Number(new URL(this.smsc.url).port);
    const smscs = [{ name: 'main', host: '127.0.0.1', port, systemId: 'otp', password: 'smpp-pw', ...changes }];
    return { transport: new SmppTransport({ smscs, source: 'Example' }, { ...TIMEOUTS, ...timeouts }) };
  }

  people(changes: Partial<LdapUserStoreOptions> = {}): Partial<SmsOtpOptions> {
    const { url, baseDn } = this.directory;
    const account = { bindDn: 'cn=service,dc=example,dc=org', bindPassword: 'service' };
    return { userStore: new LdapUserStore({ url, baseDn, ...account, ...changes }) };
  }

  /** The options stay; the SMSC misbehaves. */
  misroute(behaviour: Behaviour): Partial<SmsOtpOptions> {
    this.smsc.behave(behaviour);
    return {};
  }

  misdirect(...behaviours: readonly DirectoryBehaviour[]): Partial<SmsOtpOptions> {
    this.directory.behave(...behaviours);
    return {};
  }

  async diagnose(changes: Partial<SmsOtpOptions>, wish: Partial<Wish> = {}) {
    const good = { secret: SECRET, origin: 'https://app.example.org', appName: 'Example' };
    const options = { ...good, ...this.people(), ...this.operator(), ...changes };
    return collect(examineOptions(options as SmsOtpOptions, { receiptMilliseconds: 10_000, ...wish }));
  }

  /** One test for each fault. */
  static test(app: () => HealthyApp, faults: readonly PlantedFault[]): void {
    for (const { title, plant, wish, ...expected } of faults) {
      it(title, async () => {
        const findings = await app().diagnose(await plant(), wish);
        expectNamed(findings, expected);
      });
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.smsc.close(), this.directory.close()]);
  }
}

type Findings = Awaited<ReturnType<typeof collect>>;

/** The fault is named as what it is, with a remedy that leads to its mending, and no secret is told. */
export function expectNamed(
  findings: Findings,
  { finding, detail, remedy }: Pick<PlantedFault, 'finding' | 'detail' | 'remedy'>,
): void {
  const found = findings.filter(({ status, check }) => {
    const line = `${status} ${check}`;
    return typeof finding === 'string' ? line === finding : finding.test(line);
  });
  const all = JSON.stringify(findings.filter(({ status }) => status !== 'ok'));
  expect(found, all).to.not.deep.equal([]);
  expect(found.map((one) => one.detail).join('\n'), all).to.match(detail);
  expect(found.map((one) => one.remedy ?? '').join('\n'), all).to.match(remedy);
  for (const one of findings) {
    if (one.status === 'failed' || one.status === 'warning') expect(one.remedy, one.check).to.be.a('string');
  }
  expect(JSON.stringify(findings)).to.not.match(SECRETS);
}

/** Ada alone, in the memory of the app. */
export function alone(...phoneNumbers: readonly string[]): Partial<SmsOtpOptions> {
  return { userStore: new MemoryUserStore([{ username: 'ada', password: 'lovelace', phoneNumbers }]) };
}
