// Adds comfort to pages that work without it. Words and settings come from data attributes.

/** Seconds before a code's end at which it is spoken of. */
const WARNINGS = [60, 20];

const codeForm = document.querySelector('form[data-code]');
codeForm?.addEventListener('submit', tidyCode);
for (const form of document.forms) form.addEventListener('submit', submitOnce);
for (const line of document.querySelectorAll('[data-seconds]')) countDown(line);

/** Ended when a form is sent: a late answer must not come between, and with it a session cookie of before. */
let asking = new AbortController();
/** The cookie is that of all tabs: while a form of one is on its way, the others ask nothing. */
const tabs = globalThis.BroadcastChannel && new BroadcastChannel('sms-otp');
let silence;
tabs?.addEventListener('message', ({ data }) => {
  if (data === 'sent') {
    asking.abort();
    clearTimeout(silence);
    silence = setTimeout(askAnew, 20_000);
  } else if (silence !== undefined) askAnew();
});
addEventListener('pagehide', () => tabs?.postMessage('answered'));

const delivery = document.querySelector('[data-delivery]');
if (delivery) followDelivery(delivery);
if (codeForm) readSms(codeForm);

const sendForm = document.querySelector('form[data-press]');
if (sendForm && !document.hidden && isFirstVisit()) sendForm.requestSubmit();

// A page that comes back out of the browser's memory can be used again.
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.forms) delete form.dataset.busy;
  askAnew();
  if (codeForm) readSms(codeForm);
});

function askAnew() {
  clearTimeout(silence);
  silence = undefined;
  if (document.querySelector('[data-busy]')) return;
  asking.abort();
  asking = new AbortController();
  if (delivery) followDelivery(delivery, 0);
}

/** Ignores a second press rather than disable the button: that would take the focus away. */
function submitOnce(event) {
  if (event.defaultPrevented) return;
  const { dataset } = event.currentTarget;
  if (dataset.busy !== undefined) return event.preventDefault();
  dataset.busy = '';
  asking.abort();
  tabs?.postMessage('sent');
  // If nothing came of it, as without a network, the page stays.
  setTimeout(() => delete dataset.busy, 20_000);
}

/** A person who goes back or loads the page again presses the button; nor do redirects in a circle send again and again. */
function isFirstVisit() {
  const [visit] = performance.getEntriesByType('navigation');
  const pressedAt = Number(sessionStorage.getItem('sms-otp-pressed'));
  if (visit?.type !== 'navigate' || Date.now() - pressedAt < 30_000) return false;
  sessionStorage.setItem('sms-otp-pressed', String(Date.now()));
  return true;
}

/** Counts down in a line's text. The button that sends again waits for its end; both ends are announced. */
function countDown(line) {
  const { seconds, text } = line.dataset;
  const button = line.closest('form[data-wait]')?.querySelector('button');
  // By the clock on the wall: others stand still while a phone sleeps.
  const endsAt = Date.now() + Number(seconds) * 1000;
  let warnings = button ? [] : WARNINGS.filter((warning) => warning < Number(seconds));
  const tick = () => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    line.textContent = left > 0 ? text.replace('{time}', clockTime(left)) : '';
    if (button) waitUntil(left === 0, button, line.parentElement);
    else if (left === 0) endCode();
    if (left === 0) return;
    if (left <= warnings[0]) {
      warnings = warnings.filter((warning) => warning < left);
      line.dataset.soon = '';
      announce(text.replace('{time}', inWords(left)));
    }
    setTimeout(tick, 1000);
  };
  tick();
}

function waitUntil(isOver, button, form) {
  const news = form.querySelector('[data-ready]');
  if (isOver && button.disabled && news && !isCodeOver()) news.textContent = news.dataset.ready;
  button.disabled = !isOver;
}

/** A code that is over can no longer be typed, only asked for anew. A person who was about to type is led to where it is said. */
function endCode() {
  const live = document.querySelector('[data-live]');
  const over = document.querySelectorAll('[data-over]');
  const button = document.querySelector('button[data-new]');
  const wasThere = live.contains(document.activeElement);
  live.hidden = true;
  for (const part of over) part.hidden = false;
  button.textContent = button.dataset.new;
  button.classList.remove('secondary');
  // A text that is given the focus is read aloud.
  if (wasThere) over[0].focus();
  else announce(over[0].textContent);
}

function isCodeOver() {
  return document.querySelector('[data-live]')?.hidden === true;
}

/** A line that changes each second must not be read aloud: this one is, now and then. */
function announce(text) {
  document.querySelector('[data-news]').textContent = text;
}

function clockTime(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function inWords(seconds) {
  const { lang } = document.documentElement;
  const digits = { numberingSystem: 'latn' };
  return new Intl.NumberFormat(lang, { style: 'unit', unit: 'second', unitDisplay: 'long', ...digits }).format(seconds);
}

/** Asks what became of the SMS, less and less often, for about four minutes; and whenever somebody looks again. */
async function followDelivery(line, firstPause = 1000) {
  const { dataset } = line;
  const { signal } = asking;
  for (let pause = firstPause; ; pause = Math.max(1000, pause * 1.3)) {
    const isOpen = pause < 60_000 && !['delivered', 'failed'].includes(dataset.delivery);
    await pauseFor(isOpen ? pause : undefined, signal);
    const state = await askState(dataset.session, signal);
    if (signal.aborted) return;
    if (state === undefined || saysItself(state, dataset)) continue;
    if (isElsewhere(state, dataset)) return leadOn(state.location);
    // A text that is set anew is read aloud anew.
    if (state.delivery !== dataset.delivery) line.textContent = dataset[state.delivery];
    dataset.delivery = state.delivery;
  }
}

/** A person who comes back is not led away from the words that the code is over: the way to another stands below them. */
function saysItself({ stage }, { purpose }) {
  return isCodeOver() && (stage === 'send' || (stage !== 'none' && ['enroll', 'change'].includes(purpose)));
}

/** Another tab was faster: the code of this one is used or dead, or another one is pending. */
function isElsewhere({ stage, purpose }, dataset) {
  return stage !== 'code' || (purpose ?? dataset.purpose) !== dataset.purpose;
}

/** Once: if the page is the same again, nothing leads in a circle. */
function leadOn(place) {
  const ledAt = Number(sessionStorage.getItem('sms-otp-led'));
  if (place === undefined || Date.now() - ledAt < 30_000) return;
  sessionStorage.setItem('sms-otp-led', String(Date.now()));
  location.replace(place);
}

/** Nothing is asked while nobody looks; a person who looks again is answered at once. */
function pauseFor(milliseconds, signal) {
  return new Promise((resolve) => {
    const over = new AbortController();
    const goOn = () => {
      if (document.hidden && !signal.aborted) return;
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const timer = milliseconds === undefined ? undefined : setTimeout(goOn, milliseconds);
    for (const [target, event] of [
      [document, 'visibilitychange'],
      [window, 'focus'],
      [signal, 'abort'],
    ]) {
      target.addEventListener(event, goOn, { signal: over.signal });
    }
  });
}

async function askState(url, signal) {
  try {
    const response = await fetch(url, {
      headers: { Accept: 'application/json' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** A code that the server could not read is not sent: it costs no round trip, and stays to be mended. */
function tidyCode(event) {
  const form = event.currentTarget;
  const { code } = form.elements;
  const { digits, malformed } = form.dataset;
  const read = readCode(code.value) ?? codeWithin(code.value, Number(digits));
  if (read !== undefined && (digits === undefined || read.length === Number(digits))) {
    code.value = read;
    return;
  }
  const line = form.querySelector('[role="alert"]');
  if (malformed === undefined || line === null) return;
  event.preventDefault();
  line.textContent = malformed;
  code.setAttribute('aria-invalid', 'true');
  code.setAttribute('aria-describedby', `${line.id} hint`);
  code.focus();
}

/** As the server reads it: digits of any script, without blanks, dashes, punctuation and marks that nobody sees. */
function readCode(text) {
  if (/\p{No}/u.test(text)) return undefined;
  const code = text
    .normalize('NFKC')
    .replace(
      /[\s\p{P}\p{Cf}\u0085\u2800\u115f\u1160\u2212\u02d7\u2796\u30fc\u2500]|\p{Variation_Selector}|\u20e3/gu,
      '',
    )
    .replace(/\p{Nd}/gu, digitValue);
  return /^\d+$/.test(code) ? code : undefined;
}

/** Of a whole SMS that was pasted, the code: the one number of its length. */
function codeWithin(text, length) {
  const numbers = text
    .match(/\p{Nd}+/gu)
    ?.map(readCode)
    .filter((number) => number?.length === length);
  const [first, ...others] = new Set(numbers);
  return others.length > 0 ? undefined : first;
}

/** Unicode has the decimal digits of each script in a row from 0 to 9. */
function digitValue(digit) {
  const code = digit.codePointAt(0);
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return before % 10;
}

/** WebOTP: the browser reads the SMS that names this site, once the person agrees. */
async function readSms(form) {
  if (!('OTPCredential' in window)) return;
  const over = new AbortController();
  const end = () => over.abort();
  form.addEventListener('submit', end, { once: true });
  addEventListener('pagehide', end, { once: true });
  try {
    const { code } = await navigator.credentials.get({ otp: { transport: ['sms'] }, signal: over.signal });
    form.elements.code.value = code;
    // A person who may still want to trust this browser presses the button.
    if (form.elements.trustBrowser === undefined) form.requestSubmit();
    else form.querySelector('button').focus();
  } catch {
    // Refused, or typed by hand meanwhile.
  }
}
