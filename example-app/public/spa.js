// A sign-in by fetch only: each answer is the state, and the state says which form to show.
const PATHS = {
  login: '/auth/login',
  number: '/auth/number',
  send: '/auth/code/send',
  code: '/auth/code',
  again: '/auth/code/send',
  logout: '/auth/logout',
};
const FORMS = {
  none: ['login'],
  number: ['number', 'logout'],
  send: ['send', 'logout'],
  code: ['code', 'again', 'logout'],
  verified: ['logout'],
};
const news = document.getElementById('news');

for (const form of document.forms) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form, event.submitter));
    const { problem } = await ask(PATHS[form.id], { method: 'POST', body: JSON.stringify(fields) });
    form.reset();
    show((await ask('/auth/session')).state, problem);
  });
}
show((await ask('/auth/session')).state);

async function ask(path, init = {}) {
  const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
  const response = await fetch(path, { ...init, headers });
  const body = await response.json();
  return response.ok ? { state: body } : { problem: body };
}

function show(state, problem) {
  const { stage, phone, user, numbers = [] } = state;
  for (const form of document.forms) form.hidden = !FORMS[stage].includes(form.id);
  document.getElementById('number').replaceChildren(...numbers.map(numberButton));
  const said = {
    none: 'Please sign in.',
    number: 'Where should the code go?',
    send: `We can send a code to ${phone}.`,
    code: `Enter the code that we sent to ${phone}.`,
    verified: `Hello ${user?.displayName}, you are signed in with both factors.`,
  };
  news.textContent = problem ? `${problem.detail} ${said[stage]}` : said[stage];
}

function numberButton({ number, phone }) {
  const button = document.createElement('button');
  button.name = 'number';
  button.value = number;
  button.textContent = `Send the code to ${phone}`;
  return button;
}
