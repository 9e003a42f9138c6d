export type { HelpCodeOptions } from './assembly/admin-parts.ts';
export type { CodeLength, Purpose } from './domain/challenge.ts';
export type { DeliveryState } from './domain/delivery.ts';
export type { UnreadableReason } from './domain/dial-string.ts';
export type { EventFacts, NumberFacts, RequestFacts } from './domain/event-facts.ts';
export type { SmsTemplate, SmsTemplates } from './domain/message.ts';
export type { NumberFormat } from './domain/number-reader.ts';
export type { PhoneAdmin } from './domain/phone-admin.ts';
export type { Country, PhoneNumberType } from './domain/phone-number.ts';
export type {
  Clock,
  DeliveryReceipt,
  Finding,
  HealthStatus,
  PhoneSource,
  SendResult,
  SmsMessage,
  SmsTransport,
  TransportHealth,
  UserStore,
} from './domain/ports.ts';
export type { LimitName, Limits } from './domain/rate-limiter.ts';
export type { CommitResult, Counter, Found, Key, SharedState, SharedStateHealth, Step } from './domain/shared-state.ts';
export type { Stage } from './domain/sign-in-record.ts';
export type { TrustAdmin, TrustedBrowserFacts } from './domain/trust-admin.ts';
export type { User } from './domain/user.ts';
export { SmsOtpConfigError, SmsOtpError, type SmsOtpErrorCode, type SmsOtpErrorDetails } from './errors.ts';
export type { SmsOtpEvents } from './events.ts';
export type { DependencyHealth, SmsOtpHealth } from './health.ts';
export type { AdminOptions } from './http/admin.ts';
export type { GateOptions } from './http/gate.ts';
export { sessionGuard } from './http/session-guard.ts';
export type { GrantFacts, PendingFacts, SmsOtpFacts, StateFacts } from './http/state.ts';
export type { CurrentUser } from './http/visitor.ts';
export type { Locale, OwnLocale, OwnTexts, PageWords, PluralForms } from './locales/locale.ts';
export type { Logger } from './log.ts';
export type { EnrollmentOptions, Insecure, SendRequest, SmsOtpOptions, TrustBrowserOptions } from './options.ts';
export { html } from './pages/html.ts';
export type { Styles } from './schema/styles-schema.ts';
export { type SmsOtp, smsOtp } from './sms-otp.ts';
export { type MemoryStateOptions, memoryState } from './state/memory-state.ts';
export { type MemoryUser, MemoryUserStore } from './state/memory-user-store.ts';
export type { BrowserChoice, CommonLocals, NumberChoice, PageLocals, PageName, View, Views } from './views.ts';
