// A sign-in without the pages: each answer is the state, and the state says which form to show.
import { smsOtpClient } from './client/index.js';

const client = smsOtpClient();
const CALLS = {
  login: ({ username, password }) => client.signIn(username, password),
  number: ({ number }) => client.chooseNumber(Number(number)),
  send: () => client.sendCode(),
  code: ({ code }) => client.verify(code),
  again: () => client.sendCode(),
  logout: () => client.signOut(),
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
    const problem = await CALLS[form.id](fields).then(
      () => undefined,
      (error) => error,
    );
    form.reset();
    show(await client.state(), problem);
  });
}
show(await client.state());

function show(state, problem) {
  const { stage, phone, user, acr, numbers = [] } = state;
  for (const form of document.forms) form.hidden = !FORMS[stage].includes(form.id);
  document.getElementById('number').replaceChildren(...numbers.map(numberButton));
  const said = {
    none: 'Please sign in.',
    number: 'Where should the code go?',
    send: `We can send a code to ${phone}.`,
    code: `Enter the code that we sent to ${phone}.`,
    verified: `Hello ${user?.displayName}, you are signed in ${acr ? 'with both factors' : 'without a code by SMS'}.`,
  };
  news.textContent = problem ? `${problem.message} ${said[stage]}` : said[stage];
}

function numberButton({ number, phone }) {
  const button = document.createElement('button');
  button.name = 'number';
  button.value = number;
  button.textContent = `Send the code to ${phone}`;
  return button;
}
