/** Where something was asked for; empty where no request did, as for an administrator's command. */
export interface RequestFacts {
  /** The client's address as Express says it (`req.ip`, under the app's own `trust proxy`). */
  readonly address?: string;
  /** The app's `req.id`, else the header `X-Request-Id`: 1 to 64 of `A-Z a-z 0-9 _ . : -`, or absent. */
  readonly requestId?: string;
}
