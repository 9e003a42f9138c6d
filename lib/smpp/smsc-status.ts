import type { HealthStatus, SmscHealth } from '../domain/ports.ts';

/** How an SMSC is, and since when. */
export class SmscStatus {
  #status: HealthStatus = 'down';
  #since = new Date();

  note(status: HealthStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#since = new Date();
  }

  describe(lastError: string | undefined): SmscHealth {
    const since = this.#since.toISOString();
    return { status: this.#status, since, ...(lastError !== undefined && { lastError }) };
  }
}
