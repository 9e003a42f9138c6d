// Adds comfort to pages that work without it. Words and settings come from data attributes.

for (const form of document.forms) form.addEventListener('submit', submitOnce);
// A page that comes back out of the browser's memory can be used again.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) for (const form of document.forms) delete form.dataset.busy;
});

for (const line of document.querySelectorAll('[data-seconds]')) countDown(line);

const delivery = document.querySelector('[data-delivery]');
if (delivery) followDelivery(delivery);

const codeForm = document.querySelector('form[data-code]');
if (codeForm) {
  codeForm.addEventListener('submit', tidyCode);
  if ('OTPCredential' in window) fillIn(codeForm);
}

const sendForm = document.querySelector('form[data-press]');
if (sendForm && !document.hidden && isFirstVisit()) sendForm.requestSubmit();

/** Ignores a second press rather than disable the button: that would take the focus away. */
function submitOnce(event) {
  const { dataset } = event.currentTarget;
  if (dataset.busy !== undefined) event.preventDefault();
  dataset.busy = '';
}

/** Whoever goes back or loads the page again presses the button; nor do redirects in a circle send again and again. */
function isFirstVisit() {
  const [visit] = performance.getEntriesByType('navigation');
  const pressedAt = Number(sessionStorage.getItem('sms-otp-pressed'));
  if (visit?.type !== 'navigate' || Date.now() - pressedAt < 30_000) return false;
  sessionStorage.setItem('sms-otp-pressed', String(Date.now()));
  return true;
}

/** Counts down in a line's text. A button in the same form waits for the end. */
function countDown(line) {
  const { seconds, text, end = '' } = line.dataset;
  const button = line.closest('form')?.querySelector('button');
  // By the clock on the wall: others stand still while a phone sleeps.
  const endsAt = Date.now() + Number(seconds) * 1000;
  const milestones = [60, 0].filter((milestone) => milestone < Number(seconds));
  const tick = () => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    line.textContent = left > 0 ? text.replace('{time}', clockTime(left)) : end;
    if (button) button.disabled = left > 0;
    else if (left <= milestones[0]) {
      milestones.shift();
      announce(left > 0 ? text.replace('{time}', inWords(left)) : end);
    }
    if (left > 0) setTimeout(tick, 1000);
  };
  tick();
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

/** Asks what became of the SMS, less and less often, for about four minutes and only while the page is looked at. */
async function followDelivery(line) {
  for (let pause = 1000; pause < 60_000 && !['delivered', 'failed'].includes(line.dataset.delivery); pause *= 1.3) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (document.hidden) await new Promise((resolve) => addEventListener('visibilitychange', resolve, { once: true }));
    const state = await askState(line.dataset.session);
    if (state === undefined) continue;
    if (state.stage !== 'code') return;
    // A text that is set anew is read aloud anew.
    if (state.delivery !== line.dataset.delivery) line.textContent = line.dataset[state.delivery];
    line.dataset.delivery = state.delivery;
  }
}

async function askState(url) {
  try {
    const response = await fetch(url, { headers: { Accept: 'application/json' } });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** A code is often pasted with spaces or hyphens in it. */
function tidyCode({ currentTarget }) {
  const { code } = currentTarget.elements;
  code.value = code.value.replace(/[\s-]/g, '');
}

/** WebOTP: the browser reads the SMS that names this site, once the person agrees. */
async function fillIn(form) {
  const typed = new AbortController();
  form.addEventListener('submit', () => typed.abort());
  try {
    const { code } = await navigator.credentials.get({ otp: { transport: ['sms'] }, signal: typed.signal });
    form.elements.code.value = code;
    form.requestSubmit();
  } catch {
    // Refused, or typed by hand meanwhile.
  }
}
