import { expect } from 'chai';
import { type PublicSymbol, readPublicInterface } from '../support/public-interface.ts';

/** All that the package promises by name: a line less, or another name, is a new major version. */
const EXPORTS: Readonly<Record<string, { readonly values: string; readonly types: string }>> = {
  '.': {
    values: 'MemoryUserStore SmsOtpConfigError SmsOtpError html memoryState sessionGuard smsOtp',
    types: `AdminOptions BrowserChoice Clock CodeLength CommitResult CommonLocals Counter Country CurrentUser DeliveryReceipt DeliveryState DependencyHealth EnrollmentOptions
      EventFacts Finding Found GateOptions GrantFacts HealthStatus HelpCodeOptions Insecure Key LimitName Limits Locale Logger MemoryStateOptions
      MemoryUser NumberChoice NumberFacts NumberFormat OwnLocale OwnTexts PageLocals PageName PageWords PendingFacts PhoneAdmin
      PhoneNumberType PhoneSource PluralForms Purpose RequestFacts SendRequest SendResult SharedState SharedStateHealth SmsMessage SmsOtp SmsOtpErrorCode
      SmsOtpErrorDetails SmsOtpEvents SmsOtpFacts SmsOtpHealth SmsOtpOptions SmsTemplate SmsTemplates SmsTransport Stage StateFacts Step Styles
      TransportHealth TrustAdmin TrustBrowserOptions TrustedBrowserFacts UnreadableReason User UserStore View Views`,
  },
  './ldap': { values: 'LdapUserStore', types: 'ActiveDirectoryOptions LdapUserStoreOptions TlsOptions' },
  './smpp': {
    values: 'SmppTransport smppOptionsFromGluu',
    types: `AddressKind AddressRange GluuSmppProperties NumberingPlan ReceiptState RouteOptions RouteStats SmppStats
      SmppTransportOptions SmscOptions SmscStats SourceAddress StatusClasses TlsOptions Tlvs TlvValue TypeOfNumber`,
  },
  './redis': { values: 'redisState', types: 'RedisClient' },
  './postgres': { values: 'postgresState', types: 'PostgresConnection PostgresPool' },
  './oidc': { values: 'smsOtpForOidc', types: 'SmsOtpForOidc SmsOtpForOidcOptions' },
  './simulator': {
    values: 'startDirectory startInbox startSmsc startTestbed',
    types: `Behaviour ConnectionBehaviour DirectoryBehaviour DirectoryEntry DirectoryOperation DirectoryOptions
      DirectorySimulator IdForm Inbox InboxOptions MessageBehaviour Phone Reaction ReceiptState ReceivedMessage
      SmscOptions SmscSimulator SmscTls SubmitRecord Testbed`,
  },
  './client': {
    values: 'SmsOtpProblem smsOtpClient',
    types: `ClientOptions Delivery NumberToChoose ProblemDetails RepeatOrNot SignedInUser SmsOtpClient SmsOtpErrorCode
      SmsOtpState WatchOptions`,
  },
  './telemetry': { values: 'instrumentSmsOtp', types: 'TelemetryOptions' },
  './conformance': {
    values: 'testSharedState testSmsTransport testUserStore',
    types: `NetworkMood OpenSharedState OpenSmsTransport OpenUserStore ReceivedMessages Runner SamplePerson
      SharedStatePart SharedStateSetup SmsTransportPart SmsTransportSetup UserStorePart UserStoreSetup`,
  },
};

/**
 * Words of a page, whose English ones say what they are; methods that node-redis documents; and the time of an event.
 */
const SELF_EVIDENT = /^(PageWords\.|RedisClient\.|EventFacts\.time$)/;

describe('the public interface', () => {
  let symbols: ReadonlyMap<string, readonly PublicSymbol[]>;

  before(function () {
    this.timeout(120_000);
    symbols = readPublicInterface();
  });

  it('has exactly these entries', () => {
    expect([...symbols.keys()]).to.have.members(Object.keys(EXPORTS));
  });

  for (const [entry, { values, types }] of Object.entries(EXPORTS)) {
    it(`has exactly these exports at ${entry}`, () => {
      const all = symbols.get(entry) ?? [];
      const named = (wanted: boolean) => all.filter(({ isType }) => isType === wanted).map(({ name }) => name);
      expect(named(false)).to.have.members(values.split(' '));
      expect(named(true)).to.have.members(types.split(/\s+/));
    });
  }

  it('says in a docstring what each export, and each member of it, is', () => {
    const undocumented = [...symbols.values()].flat().flatMap((symbol) => symbol.undocumented);
    expect(undocumented.filter((name) => !SELF_EVIDENT.test(name))).to.deep.equal([]);
  });
});
