import type { DispatchReport } from '../domain/dispatch-report.ts';
import type { DescribeNumber, NumberFacts } from '../domain/number-facts.ts';
import type { Clock } from '../domain/ports.ts';
import type { SendOrder } from '../domain/send-order.ts';
import type { EventFacts, Notify } from '../events.ts';
import type { OnForgotten } from './fault-report.ts';

interface Needs {
  readonly notify: Notify;
  readonly clock: Clock;
  readonly describeNumber: DescribeNumber;
  readonly onForgotten: OnForgotten;
}

type OrderFacts = EventFacts & NumberFacts & Pick<SendOrder, 'purpose'>;

/** Tells of sends as events; a number appears as its pseudonym only. */
export function reportSends({ notify, clock, describeNumber, onForgotten }: Needs): DispatchReport {
  const facts = ({ user, ip, requestId, purpose, number }: SendOrder): OrderFacts => ({
    time: new Date(clock()),
    userId: user.id,
    ...(ip === undefined ? {} : { address: ip }),
    ...(requestId === undefined ? {} : { requestId }),
    purpose,
    ...describeNumber(number),
  });
  return {
    sent: (order, { status, smsc }, { milliseconds, isResend }) =>
      notify('codeSent', {
        ...facts(order),
        status,
        ...(smsc === undefined ? {} : { smsc }),
        milliseconds,
        resend: isResend,
      }),
    refused: (order, { code }, milliseconds) => notify('sendRefused', { ...facts(order), reason: code, milliseconds }),
    forgotten: onForgotten,
  };
}
