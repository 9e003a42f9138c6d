import { BerReader, ProtocolOperation } from 'ldapts';
import { type BerElement, readElements } from './ber-element.ts';

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const ENUMERATED = 0x0a;
const SEQUENCE = 0x30;
const SET = 0x31;

/** Its name, whether it is critical, its value. */
const CONTROLS = [
  [OCTET_STRING],
  [OCTET_STRING, BOOLEAN],
  [OCTET_STRING, OCTET_STRING],
  [OCTET_STRING, BOOLEAN, OCTET_STRING],
].map(String);

type Shape = (parts: readonly BerElement[]) => boolean;

/** The answers to what we ask (RFC 4511, section 4). */
const SHAPES: Readonly<Record<number, Shape>> = {
  [ProtocolOperation.LDAP_RES_BIND]: isResult,
  [ProtocolOperation.LDAP_RES_SEARCH]: isResult,
  [ProtocolOperation.LDAP_RES_MODIFY]: isResult,
  [ProtocolOperation.LDAP_RES_EXTENSION]: isResult,
  [ProtocolOperation.LDAP_RES_SEARCH_REF]: (parts) => parts.every(({ tag }) => tag === OCTET_STRING),
  [ProtocolOperation.LDAP_RES_SEARCH_ENTRY]: isEntry,
};

/** Which of them a request may have; what answers none, has the number 0 (RFC 4511, section 4.4). */
const ANSWERS: Readonly<Record<number, readonly number[]>> = {
  [ProtocolOperation.LDAP_REQ_BIND]: [ProtocolOperation.LDAP_RES_BIND],
  [ProtocolOperation.LDAP_REQ_MODIFY]: [ProtocolOperation.LDAP_RES_MODIFY],
  [ProtocolOperation.LDAP_REQ_EXTENSION]: [ProtocolOperation.LDAP_RES_EXTENSION],
  [ProtocolOperation.LDAP_REQ_SEARCH]: [
    ProtocolOperation.LDAP_RES_SEARCH,
    ProtocolOperation.LDAP_RES_SEARCH_ENTRY,
    ProtocolOperation.LDAP_RES_SEARCH_REF,
  ],
};

/**
 * Whether a well-formed answer is one to this kind of request: ldapts 8.2 goes by the number alone, and takes the end of
 * a search for the success of a bind.
 */
export function isAnswerTo(request: Buffer, answer: Buffer): boolean {
  const { id, operation } = headOf(answer);
  return id === 0 || (ANSWERS[headOf(request).operation ?? 0]?.includes(operation ?? 0) ?? false);
}

/**
 * Whether a message is an answer as RFC 4511 writes it, down to its last element: ldapts 8.2 takes a result without a
 * code for success, and with an entry or a control that is cut short it never comes back.
 *
 * @throws Error where the message is no BER.
 */
export function isAnswer(message: Buffer): boolean {
  const [id, operation, controls, ...more] = readElements(message)[0]?.parts ?? [];
  if (!isNumber(id, INTEGER) || operation === undefined || more.length > 0) return false;
  return (SHAPES[operation.tag]?.(operation.parts) ?? false) && (controls === undefined || areControls(controls));
}

/** What follows the three, as a referral, is the business of the single operations. */
function isResult([code, matchedDn, text]: readonly BerElement[]): boolean {
  return isNumber(code, ENUMERATED) && matchedDn?.tag === OCTET_STRING && text?.tag === OCTET_STRING;
}

function isEntry([dn, attributes, ...more]: readonly BerElement[]): boolean {
  if (dn?.tag !== OCTET_STRING || attributes?.tag !== SEQUENCE || more.length > 0) return false;
  return attributes.parts.every(({ tag, parts }) => tag === SEQUENCE && isAttribute(parts));
}

function isAttribute([type, values, ...more]: readonly BerElement[]): boolean {
  if (type?.tag !== OCTET_STRING || values?.tag !== SET || more.length > 0) return false;
  return values.parts.every(({ tag }) => tag === OCTET_STRING);
}

function areControls({ tag, parts }: BerElement): boolean {
  return (
    tag === ProtocolOperation.LDAP_CONTROLS && parts.every((control) => control.tag === SEQUENCE && isControl(control))
  );
}

function isControl({ parts }: BerElement): boolean {
  return CONTROLS.includes(String(parts.map(({ tag }) => tag)));
}

function isNumber(element: BerElement | undefined, tag: number): boolean {
  return element?.tag === tag && element.length >= 1 && element.length <= 4;
}

function headOf(message: Buffer): { readonly id: number | null; readonly operation: number | null } {
  const reader = new BerReader(message);
  reader.readSequence();
  return { id: reader.readInt(), operation: reader.peek() };
}
