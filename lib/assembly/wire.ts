import type { Config } from '../config.ts';
import { BrowserToken } from '../http/browser-token.ts';
import { ProxyWatch } from '../http/proxy-watch.ts';
import { Sessions } from '../http/session.ts';
import { UnderWay } from '../http/under-way.ts';
import { Visitors } from '../http/visitors.ts';
import type { Wiring } from '../http/wiring.ts';
import { ASSETS } from '../pages/assets.ts';
import type { SecondFactor } from './second-factor.ts';

/** Puts together what the middlewares of one instance share. */
export function wire(
  config: Config,
  domain: SecondFactor,
  needs: Pick<Wiring, 'notify' | 'onForgotten' | 'clock' | 'render' | 'renderOurs' | 'isClosing'>,
): Wiring {
  const { name, currentUser, acr, appName, codeLength, origin, trustedOrigins, requiredFor, styles } = config;
  const sessions = new Sessions(name, config.keepSession ?? (currentUser === undefined ? [] : 'all'));
  const { policy, directory } = domain;
  const browserToken = new BrowserToken(name);
  const proxyWatch = new ProxyWatch((message) => config.logger.warn(message));
  const visitors = new Visitors({ sessions, policy, directory, browserToken, currentUser, paths: config });
  return {
    ...domain,
    ...needs,
    acr,
    appName,
    codeLength,
    requiredFor,
    sameOrigin: { origin, trustedOrigins },
    underWay: new UnderWay(),
    sessions,
    browserToken,
    proxyWatch,
    visitors,
    assets: ASSETS,
    styles,
  };
}
