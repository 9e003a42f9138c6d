/// <reference lib="dom" />
// playwright-core's declarations name the DOM's types.
import { type Browser, chromium } from 'playwright-core';
import { requirePeer } from './peers.ts';

/** Starts Debian's Chromium; skips the suite where there is none. */
export function launchBrowser(context: Mocha.Context): Promise<Browser> {
  requirePeer(context, 'chromium');
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      // Hosts that a browser does not trust as it does localhost.
      '--host-resolver-rules=MAP *.example.test 127.0.0.1',
    ],
  });
}
