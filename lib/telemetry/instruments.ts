import type { Counter, Histogram, Meter } from '@opentelemetry/api';

/** A counter that is there from the start: who looks for it finds 0, not nothing. */
export function createCounter(meter: Meter, name: string, description: string): Counter {
  const counter = meter.createCounter(name, { description });
  counter.add(0);
  return counter;
}

/** A histogram of seconds. */
export function createTimer(meter: Meter, name: string, description: string, bounds: number[]): Histogram {
  return meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: bounds } });
}

/** Where a code went, for attributes: few values, and none of them tells of a person. */
export function placeOf({ country = 'unknown', smsc = 'unknown' }: { country?: string; smsc?: string }): {
  readonly country: string;
  readonly smsc: string;
} {
  return { country, smsc };
}
