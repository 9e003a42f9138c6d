// Adds comfort to pages that work without it. Words and settings come from data attributes.

/** Seconds before a code's end at which it is spoken of. */
const WARNINGS = [60, 20];

for (const form of document.forms) form.addEventListener('submit', submitOnce);
for (const line of document.querySelectorAll('[data-seconds]')) countDown(line);

const delivery = document.querySelector('[data-delivery]');
if (delivery) followDelivery(delivery);

const codeForm = document.querySelector('form[data-code]');
if (codeForm) {
  codeForm.addEventListener('submit', tidyCode);
  readSms(codeForm);
}

const sendForm = document.querySelector('form[data-press]');
if (sendForm && !document.hidden && isFirstVisit()) sendForm.requestSubmit();

// A page that comes back out of the browser's memory can be used again.
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.forms) delete form.dataset.busy;
  if (codeForm) readSms(codeForm);
});

/** Ignores a second press rather than disable the button: that would take the focus away. */
function submitOnce(event) {
  const { dataset } = event.currentTarget;
  if (dataset.busy !== undefined) return event.preventDefault();
  dataset.busy = '';
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

/** Counts down in a line's text. The button that sends again waits for its end; the end of a code is announced. */
function countDown(line) {
  const { seconds, text } = line.dataset;
  const button = line.closest('form[data-wait]')?.querySelector('button');
  // By the clock on the wall: others stand still while a phone sleeps.
  const endsAt = Date.now() + Number(seconds) * 1000;
  let warnings = button ? [] : WARNINGS.filter((warning) => warning < Number(seconds));
  const tick = () => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    line.textContent = left > 0 ? text.replace('{time}', clockTime(left)) : '';
    if (button) button.disabled = left > 0;
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

/** A line that changes each second must not be read aloud: this one is, now and then. */
function announce(text) {
  document.querySelector('[data-news]').textContent = text;
}

function clockTime(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function inWords(seconds) {
  const { lang } = document.documentElement;
  return new Intl.NumberFormat(lang, { style: 'unit', unit: 'second', unitDisplay: 'long' }).format(seconds);
}

/** Asks what became of the SMS, less and less often, for about four minutes. */
async function followDelivery(line) {
  const { dataset } = line;
  for (let pause = 1000; pause < 60_000 && !['delivered', 'failed'].includes(dataset.delivery); pause *= 1.3) {
    await pauseFor(pause);
    const state = await askState(dataset.session);
    if (state === undefined) continue;
    if (state.stage !== 'code') return;
    // A text that is set anew is read aloud anew.
    if (state.delivery !== dataset.delivery) line.textContent = dataset[state.delivery];
    dataset.delivery = state.delivery;
  }
}

/** Nothing is asked while nobody looks; whoever looks again is answered at once. */
function pauseFor(milliseconds) {
  return new Promise((resolve) => {
    const goOn = () => {
      if (document.hidden) return;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', goOn);
      resolve();
    };
    const timer = setTimeout(goOn, milliseconds);
    document.addEventListener('visibilitychange', goOn);
  });
}

async function askState(url) {
  try {
    const response = await fetch(url, {
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(10_000),
    });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** A code is often pasted with spaces or dashes in it, and Arabic and Persian keyboards have digits of their own. */
function tidyCode({ currentTarget }) {
  const { code } = currentTarget.elements;
  const digits = code.value.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) & 15);
  code.value = digits.replace(/[\s\p{Pd}]/gu, '');
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
    form.requestSubmit();
  } catch {
    // Refused, or typed by hand meanwhile.
  }
}
