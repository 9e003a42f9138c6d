/** Registers hooks: each test of the suite runs as in production. */
export function useProduction(): void {
  let end = (): void => undefined;

  beforeEach(() => {
    end = enterProduction();
  });

  afterEach(() => end());
}

/** Runs a job as in production. */
export async function inProduction<Result>(job: () => Result | Promise<Result>): Promise<Result> {
  const end = enterProduction();
  try {
    return await job();
  } finally {
    end();
  }
}

function enterProduction(): () => void {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  return () => {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  };
}
