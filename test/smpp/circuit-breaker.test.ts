import { expect } from 'chai';
import { CircuitBreaker } from '../../lib/smpp/circuit-breaker.ts';
import type { SubmitResult } from '../../lib/smpp/submit.ts';

const NOW = 1_000_000;
const LATER = NOW + 61_000;
const FAULT: SubmitResult = { kind: 'transient', reason: 'refused the message' };
const LOST: SubmitResult = { kind: 'lost', reason: 'may or may not have the message' };

function breakerAfter(...outcomes: readonly [SubmitResult, string][]): CircuitBreaker {
  const breaker = new CircuitBreaker();
  for (const [outcome, recipient] of outcomes) breaker.learn(outcome, recipient, NOW);
  return breaker;
}

function openBreaker(): CircuitBreaker {
  return breakerAfter([FAULT, '1'], [FAULT, '2'], [FAULT, '3'], [LOST, '4'], [FAULT, '5']);
}

describe('a breaker', () => {
  it('opens if five recipients fail in a row, and tells why', () => {
    const breaker = openBreaker();
    expect(breaker.isOpen).to.equal(true);
    expect(breaker.allows(NOW)).to.equal(false);
    expect(breaker.fault).to.equal('refused the message');
  });

  it('counts a recipient once, however often it fails', () => {
    const one = Array.from({ length: 100 }, (): [SubmitResult, string] => [FAULT, '1']);
    const breaker = breakerAfter(...one, [FAULT, '2'], [FAULT, '3'], [FAULT, '4'], ...one);
    expect(breaker.isOpen).to.equal(false);
    expect(breaker.fault).to.equal(undefined);
  });

  it('begins to count anew with each message that was taken, or refused for its own sake', () => {
    for (const kind of ['number', 'route', 'config', 'bug'] as const) {
      const breaker = breakerAfter([FAULT, '1'], [FAULT, '2'], [FAULT, '3'], [FAULT, '4'], [{ kind, reason: '' }, '5']);
      breaker.learn(FAULT, '6', NOW);
      expect(breaker.isOpen).to.equal(false);
    }
  });

  it('takes being busy for neither', () => {
    for (const kind of ['throttled', 'session'] as const) {
      const busy: SubmitResult = { kind, reason: '' };
      expect(breakerAfter([busy, '1'], [busy, '2'], [busy, '3'], [busy, '4'], [busy, '5']).isOpen).to.equal(false);
      const breaker = openBreaker();
      breaker.learn(busy, '6', NOW);
      expect(breaker.isOpen).to.equal(true);
    }
  });

  it('opens if the SMSC is too busy for five recipients, one a second or later, and takes none between them', () => {
    const busy: SubmitResult = { kind: 'throttled', reason: 'refused the message: too much' };
    const breaker = new CircuitBreaker();
    const learn = (seconds: readonly number[]): void => {
      for (const second of seconds) breaker.learn(busy, String(second), NOW + second * 1000);
    };
    learn([0, 0.1, 0.2, 1, 2, 2.9, 3]);
    expect(breaker.isOpen).to.equal(false);
    breaker.learn({ kind: 'ok', messageId: 'a' }, '6', NOW + 3000);
    learn([4, 5, 6, 7]);
    expect(breaker.isOpen).to.equal(false);
    learn([8]);
    expect(breaker.fault).to.equal('refused the message: too much');
  });

  it('lets one message through as a probe, after a pause, and closes if that is taken', () => {
    const breaker = openBreaker();
    expect(breaker.allows(NOW + 4999)).to.equal(false);
    expect(breaker.allows(LATER)).to.equal(true);
    breaker.begin();
    expect(breaker.allows(LATER)).to.equal(false);
    breaker.learn({ kind: 'ok', messageId: 'a' }, '6', LATER);
    expect(breaker.isOpen).to.equal(false);
    expect(breaker.allows(LATER)).to.equal(true);
  });

  it('closes if the SMSC is bound anew: what was lost with the bind before says nothing', () => {
    const breaker = openBreaker();
    breaker.reset();
    expect(breaker.allows(NOW)).to.equal(true);
  });

  it('waits again if the probe fails', () => {
    const breaker = openBreaker();
    breaker.begin();
    breaker.learn(LOST, '1', LATER);
    expect(breaker.isOpen).to.equal(true);
    expect(breaker.allows(LATER + 4999)).to.equal(false);
    expect(breaker.allows(LATER + 61_000)).to.equal(true);
  });
});
