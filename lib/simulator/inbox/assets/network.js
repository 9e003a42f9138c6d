// The network's treatment of the next message, chosen by hand. A choice is a behaviour of the SMSC, as JSON in the page.

const section = document.getElementById('network');
const form = section.querySelector('form');
const { to, fate } = form.elements;
const plans = document.getElementById('plans');
const power = document.getElementById('power');
const news = document.getElementById('network-news');

let behaviours = [];

section.hidden = false;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const number = to.value.replace(/[^+\d]/g, '');
  const others = behaviours.filter((behaviour) => isDown(behaviour) || (behaviour.to ?? '') !== number);
  const chosen = { ...(number !== '' && { to: number }), submits: 1, ...JSON.parse(fate.value) };
  const isNormal = fate.value === '{}';
  tell(isNormal ? others : [chosen, ...others], `${sayTo(chosen)}: ${fate.selectedOptions[0].text}.`);
});

power.addEventListener('click', () => {
  if (behaviours.some(isDown)) tell(behaviours.filter(notDown), 'The SMSC is up.');
  else tell([...behaviours, { isDown: true }], 'The SMSC is down.');
});

/** Asks what is set: each message uses up a choice. */
export async function refresh() {
  const response = await fetch('/behaviour').catch(() => undefined);
  if (response?.ok) show(await response.json());
}

/** Offers a number that had a message. */
export function offerNumber(number) {
  const list = document.getElementById('numbers');
  if ([...list.options].some(({ value }) => value === number)) return;
  list.append(new Option('', number));
}

async function tell(wanted, done) {
  const headers = { 'Content-Type': 'application/json' };
  const sent = fetch('/behaviour', { method: 'POST', headers, body: JSON.stringify(wanted) });
  const response = await sent.catch(() => undefined);
  const isDone = response?.ok ?? false;
  const failure = response ? 'A number looks like +46701740650.' : 'The inbox does not answer.';
  news.textContent = isDone ? done : failure;
  news.classList.toggle('unseen', isDone); // what is done shows in the list
  if (isDone) show(await response.json());
}

function show(inForce) {
  behaviours = inForce;
  plans.replaceChildren(...behaviours.filter(notDown).map(describe));
  power.textContent = behaviours.some(isDown) ? 'Bring the SMSC up again' : 'Take the SMSC down';
  section.classList.toggle('down', behaviours.some(isDown));
}

function describe(behaviour) {
  const { to: _to, submits, ...fateOf } = behaviour;
  const known = [...fate.options].find(({ value }) => value === JSON.stringify(fateOf));
  const item = document.createElement('li');
  item.textContent = `${sayTo(behaviour)}: ${known?.text ?? JSON.stringify(fateOf)}`;
  return item;
}

function sayTo({ to: number = 'any number', submits }) {
  if (submits === undefined) return `All to ${number}`;
  return submits === 1 ? `Next to ${number}` : `Next ${submits} to ${number}`;
}

/** The SMSC's own state, beside what is planned for messages. */
function isDown(behaviour) {
  return behaviour.isDown === true;
}

function notDown(behaviour) {
  return !isDown(behaviour);
}
