/**
 * Simulators accept any phone number and show every code, which would be a hole in production.
 *
 * @throws Error if `NODE_ENV` is `production`.
 */
export function refuseProduction(simulator: string): void {
  if (process.env.NODE_ENV === 'production') {
    throw new Error(
      `The ${simulator} simulator is for development and tests; it does not start with NODE_ENV=production.`,
    );
  }
}
