/** A pause that can be ended before its time. */
export class Nap {
  #end: (() => void) | undefined;
  #isLight = false;

  /** Without a time it lasts until it is ended. A light one is also ended by `disturb`. */
  async take({ milliseconds, isLight = false }: { milliseconds?: number; isLight?: boolean }): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    this.#isLight = isLight;
    await new Promise<void>((resolve) => {
      this.#end = resolve;
      if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds).unref();
    });
    clearTimeout(timer);
    this.#end = undefined;
  }

  disturb(): void {
    if (this.#isLight) this.end();
  }

  end(): void {
    this.#end?.();
  }
}
