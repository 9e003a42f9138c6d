/** Texts that people type and paste for the code 012345, by how it is written. The server and the pages' script read the same. */
export const READABLE: Readonly<Record<string, string>> = {
  'its digits': '012345',
  'blanks and hyphens': ' 012-345\t',
  'no-break and thin blanks': '012\u00a0345\u2009',
  'a hyphen that does not break': '012\u2011345',
  'an en dash': '012 \u2013 345',
  'a minus sign': '012\u2212345',
  'a soft hyphen': '012\u00ad345',
  'marks of direction': '\u200e\u2066012345\u2069\u200f',
  'a joiner of no width': '012\u200d345',
  'a byte order mark': '\ufeff012345',
  'digits of Arabic': '\u0660\u0661\u0662\u0663\u0664\u0665',
  'digits of Persian': '\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5',
  'digits of Devanagari': '\u0966\u0967\u0968\u0969\u096a\u096b',
  'full-width digits': '\uff10\uff11\uff12\uff13\uff14\uff15',
  'bold digits': '\u{1d7ce}\u{1d7cf}\u{1d7d0}\u{1d7d1}\u{1d7d2}\u{1d7d3}',
  'a full stop behind it': '012345.',
  'a full stop of Chinese behind it': '012345\u3002',
  'a number sign in front': '#012345',
  'quotation marks': '\u201c012345\u201d',
  'a colon in front': ': 012345',
  brackets: '(012345)',
  'digits of two scripts': '012\u0663\u0664\u0665',
};

/** Texts that are no code: they are refused without a try. */
export const UNREADABLE: Readonly<Record<string, string>> = {
  'too few digits': '12',
  'too many digits': '0123456',
  'a letter': '01234x',
  'an exponent': '1e5000',
  'a hexadecimal number': '0x1234',
  'a plus sign': '+12345',
  'raised digits': '012\u00b3\u2074\u2075',
  'digits in circles': '\u2460\u2461\u2462\u2463\u2464\u2465',
  'Chinese numerals': '\u4e00\u4e8c\u4e09\u56db\u4e94\u516d',
  'signs alone': '#-.',
};
