import type { Config } from '../config.ts';
import { AccountWatch } from '../domain/account-watch.ts';
import { Challenges } from '../domain/challenge.ts';
import { Cooldown } from '../domain/cooldown.ts';
import { Deliveries } from '../domain/delivery.ts';
import { type Directory, failClosedDirectory, failClosedState } from '../domain/fail-closed.ts';
import { Grants } from '../domain/grant.ts';
import { GuessBudget } from '../domain/guess-budget.ts';
import { Keyring } from '../domain/keyring.ts';
import { Limiter } from '../domain/limits.ts';
import { type DescribeNumber, numberDescriber } from '../domain/number-facts.ts';
import { PasswordCheck } from '../domain/password.ts';
import { Payers } from '../domain/payer.ts';
import type { Clock, SharedState } from '../domain/ports.ts';
import { SendBudget } from '../domain/send-budget.ts';
import type { Notify } from '../events.ts';

/** What shared state is made from, and who tells of it. */
export interface RecordNeeds {
  readonly config: Config;
  readonly shared: SharedState;
  readonly clock: Clock;
  readonly notify: Notify;
}

/** What one instance keeps in shared state, each kind by the part of the domain that reads and writes it. */
export interface Records {
  readonly keyring: Keyring;
  readonly state: SharedState;
  readonly directory: Directory;
  readonly passwords: PasswordCheck;
  readonly payers: Payers;
  readonly challenges: Challenges;
  readonly cooldown: Cooldown;
  readonly deliveries: Deliveries;
  readonly guesses: GuessBudget;
  readonly sends: SendBudget;
  readonly grants: Grants;
  readonly describeNumber: DescribeNumber;
}

export function createRecords({ config, shared, clock, notify }: RecordNeeds): Records {
  const keyring = new Keyring(config.name, [config.secret].flat());
  const state = failClosedState(shared);
  const directory = failClosedDirectory(config.userStore);
  const limiter = new Limiter(state, keyring, config.limits);
  const payers = new Payers(state, keyring, config.limits.knownBrowser);
  const watch = new AccountWatch(state, keyring, directory);
  const onSmsBudgetUsed = (percent: number): void => notify('smsBudgetUsed', { time: new Date(clock()), percent });
  return {
    keyring,
    state,
    directory,
    passwords: new PasswordCheck(directory, limiter, payers),
    payers,
    challenges: new Challenges(state, keyring, clock, config),
    cooldown: new Cooldown(state, keyring, clock),
    deliveries: new Deliveries(state, keyring, clock),
    guesses: new GuessBudget(limiter, state, keyring),
    sends: new SendBudget(limiter, clock, onSmsBudgetUsed),
    grants: new Grants(state, keyring, clock, config.sessionMaxAgeSeconds, watch),
    describeNumber: numberDescriber(keyring),
  };
}
