/** Why a value of a directory gives no number. */
export type UnreadableReason =
  /** It has letters or signs that no phone number has, or no digits, or is cut off. */
  | 'text'
  /** It is a date, opening hours, a network address, a decimal number or one digit all over. */
  | 'notANumber'
  /** It has an extension: the code would ring at a switchboard. */
  | 'extension'
  /** It is too short for a mobile number: an extension inside a company. */
  | 'internal'
  /** It names a second number by its last digits only. */
  | 'tail'
  /** It has no country code, and no default country is set. */
  | 'noCountry'
  /** It has no country code, and the person's country is none of ISO 3166-1. */
  | 'unknownCountry'
  /** It is also a number of another country, if a plus is put in front. */
  | 'addPlus'
  /** It can be read as two different numbers. */
  | 'ambiguous'
  /** No numbering plan has such a number. */
  | 'invalid'
  /** A premium, toll-free, shared-cost, company-wide, pager or voicemail number. */
  | 'noSms';

/**
 * Digits to dial: a plus in front if the value has one, `o` in place of an optional zero as in `+46 (0)70`, and `/`
 * if it may mean "or".
 */
export interface DialString {
  readonly dial: string;
  /** Digits in four pairs, with dots between: a number in some countries, an address in others. */
  readonly isQuad?: true;
  /** It has Brazil's place of a carrier, which hides digits anywhere else. */
  readonly hasCarrier?: true;
  /** Its last digit is what is left of seven that stand in pairs or in threes. */
  readonly isEven?: true;
  /** A plus that stands apart begins it, behind another number: "and", or the beginning of a number. */
  readonly isAdded?: true;
  /** The same without a few digits at its end that may be no part of the number: an extension, a count, a footnote. */
  readonly front?: string;
  /** The same without its last group of a few digits, which belongs to the number if the numbering plan says so. */
  readonly body?: string;
  /** The same without its first group of a few digits, which may be a line out of the house, a speed dial or a count. */
  readonly rest?: string;
}

/** One part of a value. */
export type DialPart = DialString | { readonly reason: UnreadableReason };

/** A number with fewer digits is an extension inside a company, except in a few small countries. */
export const LEAST_DIGITS = 7;
const MOST_CHARACTERS = 250;

/** Read over: they say "mobile" or "phone", or whose it is. In lower case; sign by sign, as they are between blanks. */
const LABELS = new Set(
  `mobil mobile mob mobiltelefon mobiltelefonnummer mobilnummer mobilnr mobiltlf mobiltel mobilephone mobiles m mo mt
  mobnr mobnummer mobiltelefonnr tjänstemobil jobbmobil privatmobil diensthandy dienstmobil firmenhandy privathandy
  cell cellphone cellular cel celular celulares cellulare cellulaire cellulair c handy handynummer handynr natel gsm sms
  portable port móvil movil telemóvel telemovel tlm telemòvil matkapuhelin matkap kännykkä komórka komórkowy komorka
  kom mobiili mobilni mobilní mobiltelefón mobilas mobilus mobilais cep gsmno мобильный мобильный моб мобилен мобілний
  мобільний сотовый сот κινητό κινητο κιν נייד جوال موبايل محمول همراه موبایل 携帯 携帯電話 手机 手機 移动电话 휴대폰 핸드폰
  휴대전화 มือถือ đtdđ dđ hp wa whatsapp signal private privat privata privado privé prive privato personal personlig
  persönlich own tel telefon telephone telefono teléfono telefone téléphone tél telefoon telefonnummer telnr telno tlf tf
  tfn phone ph puh puhelin fon t p тел телефон τηλ τηλέφωνο هاتف تلفن 電話 电话 전화 โทร nr no num number numero número
  numéro nummer nº номер`.split(/\s+/),
);
const EXTENSION_WORDS =
  /(?:^|[^\p{L}])(?:x|ext|extn|xtn|extension|ekst|anknytning|ankn|ank|durchwahl|dw|klappe|kl|nebenstelle|nst|app|apparat|poste|interno|int|ramal|anexo|toestel|tst|alanumero|linka|lokal|доб|доп|вн|dahili|wew|внутр|内線|内线|내선|pause|w|p)\.?[\s:.]*\d/u;
/** A few digits in brackets at the end, or one behind a dash that stands apart. */
const BEHIND = /\(\s*-?\s*\d{1,4}\s*\)$|(?:\s-+\s*|-\s+|_\s*|\.\.+\s*)\d$/;
/** A last group of digits, as in `0171 3920000-10`. */
const LAST_GROUP = /[\s\-._·()/]+\d{1,4}(?:\/\d{1,4})*[\s)]*$/;
/** A first group of digits, as in `0-0171 3920000`. */
const FIRST_GROUP = /^\(?\d{1,4}\)?[\s\-._·/]*(?<![\d+])/;
/** Two zeros that stand apart: a line out of the house and a trunk prefix, not the beginning of a foreign number. */
const LINE_OUT = /^\(?0\)?[\s\-._·/]*(?<!\d)0\d/;
/** The place in a list, as `2. 347 123456`. */
const ORDINAL = /^(?:[2-9][.)]\s|1\))/;
/** Digits that somebody has cut off or hidden. */
const CUT = /\d[\s)]*(?:\.{3}|__|_$|-{2,}$)/;
const PUNCTUATION = /^[+\d\s().\-/_·]*$/;
/** RFC 3966 gives a tel URI parameters after semicolons; any other semicolon stands between two numbers. */
const SEPARATOR = /;(?!\s*(?:phone-context|ext|isub|postd)\s*=)|[,\n|$&]|\/(?=\s*\(?\+\s)|(?<=\d\)?)\s+(?=\+)/;
/** A plus that stands apart within a line, as in `070-174 06 05 + 06`: "and", or the beginning of a number. */
const LOOSE_PLUS = /\d\)?[^\S\n]*\+\s/;
/** Of a spreadsheet, as HYPERLINK. */
const FORMULA = /^\s*=\s*\p{L}/u;
/** A parameter of a tel URI that is no part of the number (RFC 3966, section 3), as `;user=phone`. */
const PARAMETER = /;\s*(?!(?:phone-context|ext|isub|postd)\s*=)[a-z][a-z\d-]*\s*(?:=[^;]*)?(?=;|\s*$)/g;
const SCHEME = /^[\s=<]*(?:tel|sms|smsto|callto)\s*:\s*(?:\/\/)?/;
const CONTEXT = /;\s*phone-context\s*=\s*(?<context>[^;]*)/;
/** Brazil's place of a carrier's code, which each caller chooses, as in (0xx11). */
const CARRIER = /(?<=^\(?)0-?xx-?(?=[1-9]{2})/;
/** Seven digits behind a prefix, in pairs or in threes, as in `0664/12 34 56 7`. */
const EVEN =
  /^(?:\(?(?:(?:\+\s*|00)\d{1,3}|[1-9]\d{0,2})\)?[\s./-]*)?(?:\(?0\)?\s*)?\(?\d{2,5}\)?[\s./-]+(?:\d\d([ .-])\d\d\1\d\d\1|\d{3}([ .-])\d{3}\2)\d$/;
/** Opening hours, as 0800-1700. */
const HOURS = /^([01]\d|2[0-4])[0-5][05]\s*-\s*([01]\d|2[0-4])[0-5][05]$/;
const DATE =
  /^(?:(?:19|20)\d\d([-./ ])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)\d\d)$/;

/** The numbers that a value names, as they would be dialled; `[]` if it is only a yes or no. */
export function dialParts(value: string): readonly DialPart[] {
  const text = normalize(value);
  if (text === undefined || LOOSE_PLUS.test(text) || FORMULA.test(text)) return [{ reason: 'text' }];
  if (/^\s*(?:true|false)\s*$/.test(text)) return [];
  const texts = (SCHEME.test(text) ? text.replace(PARAMETER, '') : text)
    .split(SEPARATOR)
    .filter((part) => !isEmpty(part));
  if (texts.length === 0) return [{ reason: 'text' }];
  const parts = texts.map(dialPart);
  if (texts.length === 1) return parts;
  // A few digits behind a separator are no number of their own: they change the one before.
  const tail = parts.find(
    (part, index) => ('reason' in part || digitCount(part.dial) < LEAST_DIGITS) && isShort(texts[index]),
  );
  return tail === undefined ? parts : [{ reason: 'reason' in tail ? tail.reason : 'tail' }];
}

export function digitCount(text: string): number {
  return text.replace(/\D/g, '').length;
}

function isShort(text = ''): boolean {
  return digitCount(text) < LEAST_DIGITS;
}

/** Nothing, or a label alone. */
function isEmpty(part: string): boolean {
  return /^[^\p{L}\p{N}+]*$/u.test(withoutLabels(part));
}

/** In ASCII digits, blanks and hyphens, lower case, without marks that nobody sees; `undefined` if it cannot be. */
function normalize(value: string): string | undefined {
  // A raised or circled digit marks a footnote, not a digit to dial.
  if (value.length > MOST_CHARACTERS || /\p{No}/u.test(value)) return undefined;
  const plain = value.replace(/["'`´‘’‚‛“”„‟«»‹›′″]/gu, '').replace(/📱|📲|📞|☎|☏|✆/gu, ' ');
  const text = withPlainDigits(plain).toLowerCase();
  return /[^\P{Cc}\n]/u.test(text) ? undefined : text;
}

function dialPart(part: string, place: number): DialPart {
  const { context } = CONTEXT.exec(part)?.groups ?? {};
  const isUri = SCHEME.test(part);
  const bare = part.replace(CONTEXT, '').replace(SCHEME, '');
  const plain = withoutLabels(isUri ? bare.replace(/\?.*$/, '') : bare).replace(/^[\s=]+/, '');
  const hasCarrier = context === undefined && CARRIER.test(plain);
  const text = (hasCarrier ? plain.replace(CARRIER, '0') : plain)
    .replace(/[[{<]/g, '(')
    .replace(/[\]}>]/g, ')')
    .trim();
  if (/\d.*#|;\s*(?:ext|isub|postd)\s*=/.test(text) || EXTENSION_WORDS.test(text)) return { reason: 'extension' };
  if (!PUNCTUATION.test(text) || digitCount(text) === 0 || ORDINAL.test(text) || CUT.test(text))
    return { reason: 'text' };
  const isAdded = place > 0 && /^[\s(-]*\++\s/.test(text);
  if (context === undefined)
    return dialString(text, { ...(hasCarrier && { hasCarrier }), ...(isAdded && { isAdded }) });
  if (!/^\s*\+[\d\s().-]+$/.test(context)) return { reason: 'text' };
  return dialString(/^\s*\(?\s*\+/.test(text) ? text : context + text);
}

function dialString(text: string, marks: Pick<DialString, 'hasCarrier' | 'isAdded'> = {}): DialPart {
  if (DATE.test(text) || HOURS.test(text) || /^\d{7,}\.\d{1,6}$/.test(text)) return { reason: 'notANumber' };
  const isQuad = isDottedQuad(text);
  // Eight digits in pairs are written like that in some countries.
  if (isQuad && !/^\d\d(?:\.\d\d){3}$/.test(text)) return { reason: 'notANumber' };
  const dial = digitsOf(text);
  if (/[^/]\+/.test(dial) || /o.*o|o$/.test(dial)) return { reason: 'text' };
  if (LINE_OUT.test(text)) return { reason: 'ambiguous' };
  const front = BEHIND.test(text) ? { front: digitsOf(text.replace(BEHIND, '')) } : {};
  const groups = { body: digitsOf(text.replace(LAST_GROUP, '')), rest: digitsOf(text.replace(FIRST_GROUP, '')) };
  const isEven = EVEN.test(text);
  return { dial, ...front, ...groups, ...marks, ...(isQuad && { isQuad }), ...(isEven && { isEven }) };
}

function digitsOf(text: string): string {
  return text
    .replace(/(?<=\d[\s)./-]*)\(\s*0\s*\)|(?<=^\(?\+\s*\d{1,3}[\s)./-]+)0(?=[\s./-])/g, 'o')
    .replace(/[^+\do/]/g, '')
    .replace(/^\/|\/$/g, '')
    .replace(/^\++(?:00)?/, '+');
}

function isDottedQuad(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split('.').every((octet) => Number(octet) < 256);
}

/** Labels stand before or behind a number, never within. */
function withoutLabels(part: string): string {
  const isLabel = (word = '') => LABELS.has(word);
  let text = part.replace(/\bh\/p\b/, 'hp');
  for (;;) {
    const [head, first] = /^[\s.:;()\-/[\]]*(?<![\p{L}\p{M}])([\p{L}\p{M}º]+)[\s.:)\]\-/=]*/u.exec(text) ?? [];
    const [tail, last] = /[\s(\-/.[]*(?<![\p{L}\p{M}])([\p{L}\p{M}º]+)[\s.:)\]]*$/u.exec(text) ?? [];
    if (head !== undefined && isLabel(first)) text = text.slice(head.length);
    else if (tail !== undefined && isLabel(last)) text = text.slice(0, -tail.length);
    else return text;
  }
}

/** A blank, as people and programs write it, and three letters that look like one. */
const BLANK = /[^\S\n]|[\u2800\u115f\u1160]/g;
/** A dash, the signs that are used in its place, and a long vowel of Japanese. */
const DASH = /[\p{Pd}\u2212\u2043\u02d7\u2796\u30fc\u2500]/gu;
/** Nobody sees them: marks of direction, soft hyphens, joiners, what makes an emoji of a digit. */
const UNSEEN = /\p{Cf}|\p{Variation_Selector}|\u20e3/gu;

/**
 * A text whose decimal digits, of any script, are ASCII ones, whose blanks and dashes are plain, and without marks that
 * nobody sees. Full-width signs become plain ones (NFKC), which must not turn a raised digit into one to be read: callers
 * look for `\p{No}` before.
 */
export function withPlainDigits(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\r\n?|[\u0085\u2028\u2029\v\f]/g, '\n')
    .replace(UNSEEN, '')
    .replace(BLANK, ' ')
    .replace(DASH, '-')
    .replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)));
}

/** Unicode has the decimal digits of each script in a row from 0 to 9. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return before % 10;
}
