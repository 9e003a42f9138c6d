// Adds comfort to pages that work without it: a countdown, news of the SMS, and a code that fills in by itself.
const page = document.documentElement;
const codeForm = document.querySelector('form[data-code]');
const sendForm = document.querySelector('form[data-send]');

for (const form of document.forms) form.addEventListener('submit', () => setTimeout(disable, 0, form));
// A page that comes back out of the browser's memory can be used again.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) for (const button of document.querySelectorAll('button')) button.disabled = false;
});

if (sendForm) pressOnce(sendForm);
if (codeForm) {
  tidyCode(codeForm);
  fillIn(codeForm);
  countDown();
  hearOfDelivery();
}

/** A second press would send a second time. */
function disable(form) {
  for (const button of form.querySelectorAll('button')) button.disabled = true;
}

/** Sends the code for whoever was led here; whoever goes back to this page, or loads it again, presses the button. */
function pressOnce(form) {
  const [navigation] = performance.getEntriesByType('navigation');
  if (navigation?.type === 'navigate') form.requestSubmit();
}

/** A code is often pasted with spaces around it. */
function tidyCode(form) {
  form.addEventListener('submit', () => {
    form.elements.code.value = form.elements.code.value.replace(/[\s-]/g, '');
  });
}

/** WebOTP: the browser reads the SMS that names this site, once the person agrees. */
function fillIn(form) {
  if (!('OTPCredential' in window)) return;
  const abort = new AbortController();
  form.addEventListener('submit', () => abort.abort());
  navigator.credentials.get({ otp: { transport: ['sms'] }, signal: abort.signal }).then(
    (credential) => {
      if (!credential || form.elements.code.value !== '') return;
      form.elements.code.value = credential.code;
      form.requestSubmit();
    },
    () => undefined,
  );
}

function countDown() {
  const expiry = document.querySelector('[data-expires]');
  const again = document.querySelector('[data-resend]');
  const wait = document.querySelector('[data-wait]');
  const begin = performance.now();
  const left = (seconds) => Math.max(0, Math.ceil(Number(seconds) - (performance.now() - begin) / 1000));
  const tick = () => {
    const life = left(expiry.dataset.expires);
    const pause = left(again.dataset.resend);
    expiry.textContent = life > 0 ? expiry.dataset.text.replace('{time}', inWords(life)) : expiry.dataset.end;
    again.disabled = pause > 0;
    if (wait) wait.textContent = pause > 0 ? wait.dataset.wait.replace('{time}', inWords(pause)) : '';
    // Told once to a screen reader: it would be read aloud each second otherwise.
    if (life === 30 || life === 0) expiry.setAttribute('role', 'status');
    if (life > 0 || pause > 0) setTimeout(tick, 1000);
  };
  tick();
}

function inWords(seconds) {
  const unit = seconds < 120 ? 'second' : 'minute';
  const amount = unit === 'second' ? seconds : Math.ceil(seconds / 60);
  return new Intl.NumberFormat(page.lang, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}

/** Asks what became of the SMS, less and less often, until that is known. */
async function hearOfDelivery() {
  const status = document.querySelector('[data-delivery]');
  const texts = document.getElementById('deliveries').content;
  for (
    let pause = 1000;
    !['delivered', 'failed'].includes(status.dataset.delivery);
    pause = Math.min(pause * 1.5, 15_000)
  ) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (document.hidden) continue;
    const state = await askState(status.dataset.session);
    if (state === undefined) continue;
    if (state.stage !== 'code') return;
    if (state.delivery === status.dataset.delivery) continue;
    status.dataset.delivery = state.delivery;
    status.textContent = texts.querySelector(`[data-state="${state.delivery}"]`).textContent;
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
