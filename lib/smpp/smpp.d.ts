/** The part of `smpp` 0.5.1 that we use: the package has no declarations of its own. */
declare module 'smpp' {
  export interface FieldType {
    read(buffer: Buffer, offset: number): unknown;
    size(value: unknown): number;
  }

  export interface Command {
    readonly command: string;
    readonly params?: Readonly<Record<string, { readonly type: FieldType }>>;
  }

  const smpp: {
    readonly PDU: new (command: string, fields: Readonly<Record<string, unknown>>) => { toBuffer(): Buffer };
    readonly commandsById: Readonly<Record<number, Command>>;
    readonly errors: Readonly<Record<string, number>>;
  };
  export default smpp;
}
