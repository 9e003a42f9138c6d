import { expect } from 'chai';
import { classOf, describeStatus } from '../../lib/smpp/command-status.ts';
import type { StatusClass } from '../../lib/smpp/smpp-options.ts';

const ROWS: readonly [StatusClass, readonly number[]][] = [
  ['ok', [0x00]],
  ['throttled', [0x58, 0x14]],
  ['transient', [0x08, 0x45, 0x64, 0xff, 0x102, 0x400, 0x4ff, 0x09, 0xffff_ffff]],
  ['session', [0x04, 0x05]],
  ['number', [0x0b, 0xfe]],
  ['route', [0x0a, 0x15, 0x48, 0x49, 0x50, 0x51, 0x65, 0x66, 0xc0, 0xc4, 0x62, 0x100, 0x101, 0x103, 0x104]],
  ['config', [0x0d, 0x0e, 0x0f, 0x53]],
  ['bug', [0x01, 0x02, 0x03, 0x06, 0x07, 0x33, 0x34, 0x40, 0x42, 0x43, 0x44, 0x54, 0x61, 0x63]],
];

describe('command status', () => {
  for (const [name, statuses] of ROWS) {
    it(`knows the class ${name}`, () => {
      expect(statuses.map((status) => classOf(status))).to.deep.equal(statuses.map(() => name));
    });
  }

  it('means what an SMSC’s own table says', () => {
    const own = { 1024: 'number', 88: 'transient' } as const;
    expect([0x400, 0x58, 0x401, 0x14].map((status) => classOf(status, own))).to.deep.equal([
      'number',
      'transient',
      'transient',
      'throttled',
    ]);
  });

  it('is described by its name and number', () => {
    expect(describeStatus(0x58)).to.equal('ESME_RTHROTTLED (0x58)');
    expect(describeStatus(0x0b)).to.equal('ESME_RINVDSTADR (0x0B)');
    expect(describeStatus(0x401)).to.equal('status (0x401)');
  });
});
