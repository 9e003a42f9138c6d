import { installCommand, isPeerThere, type PeerName } from '../../scripts/peers.mjs';

/**
 * Skips the test, or the suite of a `before` hook, if a real program is not on this machine; with
 * `REQUIRE_ALL_PEERS=1` that is a failure.
 */
export function requirePeer(context: Mocha.Context, name: PeerName): void {
  if (isPeerThere(name)) return;
  const message = `${name} is missing. On Debian, as root: ${installCommand([name])}`;
  if (process.env.REQUIRE_ALL_PEERS === '1') throw new Error(message);
  // Mocha does not print why a test was skipped.
  process.stderr.write(`${message}\n`);
  context.skip();
}
